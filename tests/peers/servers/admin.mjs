// A socket.io server, 4.8 or 3.1, that @socket.io/admin-ui instruments, with clients of its own to watch.
//   node admin.mjs [--version 3|4] [--namespace /admin]
//     --basic            user "admin", password "changeit"; else auth: false
//     --readonly --production --msgpack
//     --mute             the admin namespace never answers
//     --crowd N          so many sockets in "/" that no client is behind, each in one of 200 rooms
//     --spaces N         so many namespaces /space-1, … that nobody is in
//     --recovery MS      connection state recovery (4 only)
// A client's name is in socket.data.user.name; its event "enter" ROOM joins, "binary" BUFFER is sent back.
//     --guests URL       no server: only the clients, of the server at this address
// Standard input takes {"come": [NAME, NSP]} {"go": NAME} {"say": [NAME, EVENT, …]} {"drop": true} (the watchers'
// connections) {"forget": true} (the sessions that were logged in).
// Printed: {"came": NAME, "id"} {"left": NAME, "reason"} {"heard": NAME, "event", "args"} {"namespaces": […]}
import { createRequire } from 'node:module';
import { endWithParent, flags, listen, say, webServer, words } from './common.mjs';

const { values: v } = flags(words('version= namespace= basic readonly production msgpack mute crowd= spaces= recovery= guests='));
const require = createRequire(import.meta.url);
const version = Number(v.version ?? 4);
const { Server } = require(version === 4 ? 'socket.io' : 'socket.io-3');
const { io: connect } = require(version === 4 ? 'socket.io-client' : 'socket.io-client-3');
const { instrument, InMemoryStore } = require('@socket.io/admin-ui');
const parser = v.msgpack ? { parser: require('socket.io-msgpack-parser') } : {};
const admin = v.namespace ?? '/admin';
const clients = {};
const store = new InMemoryStore();

const web = webServer({});
const io = new Server(web, {
    ...parser,
    ...v.recovery && { connectionStateRecovery: { maxDisconnectionDuration: Number(v.recovery) } },
});
instrument(io, {
    auth: v.basic && { type: 'basic', username: 'admin', password: require('bcryptjs').hashSync('changeit', 4) } || false,
    mode: v.production ? 'production' : 'development',
    readonly: v.readonly === true,
    namespaceName: admin,
    serverId: 'one',
    store,
});

if (v.mute)
    io.of(admin).use(() => {});

function attend(socket) {
    socket.data ??= {};
    socket.data.user = { name: socket.handshake.auth.name };
    socket.on('enter', room => socket.join(room));
    socket.on('binary', data => socket.emit('back', data));
    socket.on('except', (room, id) => io.to(room).except(id).emit('told', room));
}
io.on('connection', attend);
io.of('/chat').on('connection', attend);
io.of(/^\/dynamic-\d+$/).on('connection', attend);

// The list of sockets is all that the admin namespace asks for.
function crowd(count) {
    const headers = { 'user-agent': 'crowd', cookie: 'sid=secret', host: 'localhost', accept: '*/*' };
    const nsp = io.of('/');
    const fetch = nsp.fetchSockets.bind(nsp);
    nsp.fetchSockets = async () => [...await fetch(), ...Array.from({ length: count }, (_, n) => ({
        id: `crowd-${n}`, data: { _admin: { clientId: 'c', transport: 'websocket' }, user: { name: `user ${n}` } },
        handshake: { headers, address: '::1', query: { EIO: '4' }, issued: Date.now(), url: '/socket.io/' },
        rooms: new Set([`crowd-${n}`, `room ${n % 200}`]),
    }))];
}
for (let n = 1; n <= Number(v.spaces ?? 0); n++)
    io.of(`/space-${n}`);
if (v.crowd)
    crowd(Number(v.crowd));

const commands = {
    come([name, nsp = '/']) {
        const socket = connect(new URL(nsp, v.guests ?? `http://127.0.0.1:${web.address().port}`).href,
            { ...parser, forceNew: true, reconnection: false, auth: { name } });
        clients[name] = socket;
        socket.on('connect', () => say({ came: name, id: socket.id }));
        socket.on('disconnect', reason => say({ left: name, reason }));
        socket.onAny((event, ...args) => say({ heard: name, event, args }));
    },
    go(name) { clients[name].disconnect(); },
    say([name, event, ...args]) {
        clients[name].emit(event, ...args.map(arg => arg?.bytes ? Buffer.from(arg.bytes) : arg));
    },
    drop() {
        for (const socket of io.of(admin).sockets.values())
            socket.conn.transport.socket?._socket?.destroy() ?? socket.conn.close();
    },
    forget() { store.sessions.clear(); },
    namespaces() { say({ namespaces: [...io._nsps.keys()] }); },
};
if (v.guests)
    endWithParent(commands);
else
    listen(web, commands);
