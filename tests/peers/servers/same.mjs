// The npm server of socket.io 4 with the rules of ../rules/behaviours.json written out by hand.
//   node same.mjs [--msgpack] [--max-payload BYTES] [--ping-interval MS] [--ping-timeout MS]
import { createRequire } from 'node:module';
import http from 'node:http';
import { Server } from 'socket.io';
import { dropTransport } from './behaviours.mjs';
import { flags, listen, words } from './common.mjs';

const { values: v } = flags(words('msgpack max-payload= ping-interval= ping-timeout='));
const require = createRequire(import.meta.url);
const web = http.createServer();
const io = new Server(web, {
    allowEIO3: true, maxHttpBufferSize: Number(v['max-payload'] ?? 16000000), httpCompression: false,
    pingInterval: Number(v['ping-interval'] ?? 25000), pingTimeout: Number(v['ping-timeout'] ?? 20000),
    cors: { origin: ['http://page.test', 'http://other.test'], credentials: true },
    cookie: { name: 'io', path: '/', httpOnly: true, sameSite: 'lax' },
    ...v.msgpack && { parser: require('socket.io-msgpack-parser') },
});
// A 2.x client has a query for an auth; rules read both as one.
const authOf = ({ handshake }) => ({ ...handshake.query, ...handshake.auth });
const rooms = socket => [...socket.rooms];

io.use((socket, next) => next(authOf(socket).token !== 'bad' ? undefined
    : Object.assign(new Error('not you'), { data: { code: 401, list: [1, null] } })));
io.on('connection', socket => {
    socket.emit('welcome', socket.id, socket.conn.transport.name, { bytes: Buffer.from([0, 1, 2, 255]) });
    socket.on('disconnect', reason => socket.broadcast.emit('gone', socket.id, reason));

    socket.on('echo', (...args) => socket.emit('echo', ...args));
    socket.on('ack', (...args) => args.pop()(...args));
    socket.on('twice', done => { done('first'); done('second'); });
    socket.on('late', (ms, done) => setTimeout(done, ms, 'late'));
    socket.on('never', () => {});
    socket.on('ask me', (...args) => {
        socket.timeout(args[0]).emit('question', ...args, (error, ...answer) =>
            error ? socket.emit('nobody answered') : socket.emit('answered', ...answer));
    });
    socket.on('ask room', (room, ms, done) => {
        io.in(room).timeout(ms).emit('question', ms, (error, answers) =>
            done(error ? 'not all of them' : 'all of them', answers));
    });
    socket.on('join', (room, done) => { socket.join(room); done?.(rooms(socket)); });
    socket.on('leave', (room, done) => { socket.leave(room); done?.(rooms(socket)); });
    socket.on('fetch', (who, room, done) => {
        io.in(who).socketsJoin(room);
        done(io.of('/').adapter.rooms.get('den').size);
    });
    const say = (name, to) => socket.on(name, (...args) => {
        const done = typeof args.at(-1) === 'function' ? args.pop() : undefined;
        to(...args).emit('heard', name, ...args);
        done?.();
    });
    say('to', room => socket.to(room));
    say('in', room => io.in(room));
    say('either', (one, other) => io.to(one).to(other));
    say('but', (room, other) => socket.to(room).except(other));
    say('others', () => socket.broadcast);
    say('all', () => io);
    say('all but', room => io.except(room));
    socket.on('volatile', n => { socket.volatile.emit('fleeting', n); socket.emit('after it', n); });
    socket.on('burst', n => { for (let i = 0; i < n; i++) socket.emit('burst', i); });
    socket.on('two answers', (value, done) => {
        socket.emit('one', Buffer.from([1]));
        done(Buffer.from([2]), value);
        socket.emit('two');
    });
    socket.on('headers', done => {
        const { origin, cookie, 'sec-fetch-mode': mode, 'x-mine': mine } = socket.handshake.headers;
        done(...[origin, cookie, mode, mine].map(each => each ?? null));
    });
    socket.on('kick', () => socket.disconnect());
    socket.on('kick all', () => socket.disconnect(true));
    socket.on('close', () => socket.conn.close());
    socket.on('cut', () => dropTransport(socket.conn));
});
io.of('/other').on('connection', socket => {
    socket.on('echo', (...args) => socket.emit('echo', ...args));
    socket.on('ack', (...args) => args.pop()(socket.nsp.name, ...args));
    socket.on('kick', () => socket.disconnect());
    socket.on('kick all', () => socket.disconnect(true));
});
io.of('/closed').use((socket, next) => next(new Error('closed today')));
io.of(/^\/tenant-\w+$/).on('connection', socket => {
    socket.on('ack', (...args) => args.pop()(socket.nsp.name, ...args));
});
listen(web);
