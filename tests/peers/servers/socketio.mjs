// A Socket.IO server with something for each kind of packet. Prints a line of JSON for what it sees.
//   node socketio.mjs [--cert F --key F] [--path /socket.io/] [--deflate] [--polling-only|--websocket-only]
//                     [--ping-interval MS] [--ping-timeout MS] [--max-payload BYTES]
import { Server } from 'socket.io';
import { flags, listen, say, webServer } from './common.mjs';

const { values: v } = flags({
    cert: { type: 'string' }, key: { type: 'string' },
    path: { type: 'string', default: '/socket.io/' },
    deflate: { type: 'boolean' },
    'polling-only': { type: 'boolean' }, 'websocket-only': { type: 'boolean' },
    'ping-interval': { type: 'string', default: '25000' },
    'ping-timeout': { type: 'string', default: '20000' },
    'max-payload': { type: 'string', default: '16000000' },
});

const web = webServer(v);
const io = new Server(web, {
    path: v.path,
    transports: v['polling-only'] ? ['polling'] : v['websocket-only'] ? ['websocket'] : ['polling', 'websocket'],
    perMessageDeflate: v.deflate ? { threshold: 0 } : false,
    pingInterval: Number(v['ping-interval']), pingTimeout: Number(v['ping-timeout']),
    maxHttpBufferSize: Number(v['max-payload']),
});

const handlers = {
    join: (socket, room, ack) => { socket.join(room); ack?.({ ok: true, rooms: [...socket.rooms] }); },
    leave: (socket, room, ack) => { socket.leave(room); ack?.({ ok: true, rooms: [...socket.rooms] }); },
    say: (socket, room, ...args) => { socket.to(room).emit('say', socket.id, ...args); },
    slow: (socket, ms, ack) => { setTimeout(() => ack?.(ms), ms); },
    never: () => {},
    bye: (socket, all) => { socket.disconnect(all === true); },
    ask: async (socket, ...args) => {
        try {
            const answer = await socket.timeout(10000).emitWithAck('question', ...args);
            say({ answer });
            socket.emit('answered', answer);
        } catch (error) {
            say({ unanswered: error.message });
            socket.emit('unanswered');
        }
    },
};

function onConnection(socket) {
    say({ connected: socket.nsp.name, id: socket.id, transport: socket.conn.transport.name });
    socket.on('disconnect', reason => say({ disconnected: socket.nsp.name, reason }));
    for (const [name, handler] of Object.entries(handlers))
        socket.on(name, (...args) => handler(socket, ...args));
    socket.onAny((name, ...args) => {
        if (name in handlers)
            return;
        const ack = typeof args.at(-1) === 'function' ? args.pop() : undefined;
        if (ack)
            ack(...args);
        if (!ack || name === 'echo')
            socket.emit(name, ...args);
    });
}

io.of('/secure').use((socket, next) => {
    if (socket.handshake.auth.token)
        return next();
    const error = new Error('no token');
    error.data = { code: 401, hint: 'send auth.token' };
    next(error);
});
for (const name of ['/', '/chat', '/secure'])
    io.of(name).on('connection', onConnection);

listen(web);
