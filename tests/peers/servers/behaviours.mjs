// What socketio.mjs does at an event: the same on socket.io 2, 3 and 4. Those with (ack) can be asked to answer.
//   any other name         an ack with the same arguments if one is asked for; if not, and for "echo", the event back
//   join ROOM, leave ROOM (ack)      ack {ok, rooms}          say ROOM …    event "say" SID … to the others in it
//   broadcast …            event "broadcast" … to all of the namespace
//   slow MS, ackLate MS (ack)        ack MS after MS          never, ackNever (ack)    no ack at all
//   orphanAck ID …         an ack that nobody asked for
//   ask …, askAck …        event "question" …, an ack asked for; then "answered" … or, after 10 s, "unanswered"
//   binary N (ack)         event "binary" BUFFER {nested: BUFFER}, or both in the ack; bytes 0 … 255 0 …, N in each
//   burst N, volatileBurst N         events "burst" 0 … "burst" N-1
//   later MS NAME …        event NAME … after MS
//   raw TEXT               TEXT as an Engine.IO message, whatever it says
//   kick                   this namespace is disconnected
//   bye ALL, disconnectMe ALL        so it is; with true the connection as well
//   closeEngine            an Engine.IO close                 dropTransport  its TCP connections are destroyed
//   restart MS ABRUPT      the server closes (abrupt: TCP only), and listens again on its port after MS
//   stall MS               no ping and no pong from the server for MS
//   whoami (ack)           {id, name, version, transport, rooms, recovered}
//   handshake (ack)        {headers, query, auth, address} as the server has them

const count = n => Buffer.from(Array.from({ length: n }, (_, i) => i & 255));
const rooms = socket => socket.rooms instanceof Set ? [...socket.rooms] : Object.keys(socket.rooms);

// Without the promise and the timeout that only socket.io 4 has.
function ask(socket, name, args, ms = 10000) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('operation has timed out')), ms);
        socket.emit(name, ...args, (...answer) => { clearTimeout(timer); resolve(answer); });
    });
}

// socket.io 2 is in a room only when it calls back.
function move(verb, socket, room, ack, version) {
    const done = () => ack?.({ ok: true, rooms: rooms(socket) });
    if (version === 2)
        return socket[verb](room, done);
    socket[verb](room);
    done();
}

// No word to the peer, no Engine.IO close: the lines are cut.
export function dropTransport(conn) {
    const transport = conn.transport;
    const lines = [transport.socket?._socket, transport.req?.socket, transport.dataReq?.socket];
    for (const line of lines.filter(Boolean))
        line.destroy();
}

// Engine.IO 4 pings and waits for the pong, so both timers rest; Engine.IO 3 just does not answer.
export function stall(conn, ms) {
    const { sendPacket, resetPingTimeout } = conn;
    conn.sendPacket = (type, ...rest) => {
        if (type !== 'ping' && type !== 'pong')
            sendPacket.call(conn, type, ...rest);
    };
    if (resetPingTimeout)
        conn.resetPingTimeout = () => {};
    setTimeout(() => {
        Object.assign(conn, { sendPacket, ...resetPingTimeout && { resetPingTimeout } });
        if (conn.protocol !== 3 && conn.readyState === 'open')
            conn.schedulePing?.();
    }, ms);
}

async function question(socket, { say }, ...args) {
    try {
        const answer = await ask(socket, 'question', args);
        say({ answer: answer[0] });
        socket.emit('answered', ...answer);
    } catch (error) {
        say({ unanswered: error.message });
        socket.emit('unanswered');
    }
}

function binary(socket, n, ack) {
    const args = [count(n), { nested: count(n) }];
    if (ack)
        ack(...args);
    else
        socket.emit('binary', ...args);
}

function burst(emitter, n) {
    for (let i = 0; i < n; i++)
        emitter().emit('burst', i);
}

const late = (socket, server, ms, ack) => { setTimeout(() => ack?.(ms), ms); };
const bye = (socket, server, all) => { socket.disconnect(all === true); };

const handlers = {
    join: (socket, { version }, room, ack) => move('join', socket, room, ack, version),
    leave: (socket, { version }, room, ack) => move('leave', socket, room, ack, version),
    say: (socket, server, room, ...args) => { socket.to(room).emit('say', socket.id, ...args); },
    broadcast: (socket, server, ...args) => { socket.nsp.emit('broadcast', ...args); },
    slow: late, ackLate: late,
    never: () => {}, ackNever: () => {},
    orphanAck: (socket, server, id, ...data) => { socket.packet({ type: 3, id, data }); },
    ask: question, askAck: question,
    binary: (socket, server, n, ack) => binary(socket, n, ack),
    burst: (socket, server, n) => burst(() => socket, n),
    volatileBurst: (socket, server, n) => burst(() => socket.volatile, n),
    later: (socket, server, ms, ...event) => { setTimeout(() => socket.emit(...event), ms); },
    raw: (socket, server, text) => { socket.conn.write(text); },
    kick: socket => { socket.disconnect(false); },
    bye, disconnectMe: bye,
    closeEngine: socket => { socket.conn.close(); },
    dropTransport: socket => dropTransport(socket.conn),
    stall: (socket, server, ms) => stall(socket.conn, ms),
    restart: (socket, { restart }, ms, abrupt) => { restart(ms, abrupt === true); },
    whoami: (socket, { name, version }, ack) => ack?.({
        id: socket.id, name, version, transport: socket.conn.transport.name,
        rooms: rooms(socket), recovered: socket.recovered,
    }),
    handshake: (socket, server, ack) => {
        const { headers, query, auth, address } = socket.handshake;
        ack?.({ headers, query, auth, address });
    },
};

function echo(socket, name, args) {
    const ack = typeof args.at(-1) === 'function' ? args.pop() : undefined;
    ack?.(...args);
    if (!ack || name === 'echo')
        socket.emit(name, ...args);
}

// `server` has say, restart, name and version.
export function behave(socket, server) {
    const { say } = server;
    const { id, recovered } = socket;
    say({ connected: socket.nsp.name, id, transport: socket.conn.transport.name, recovered });
    socket.on('disconnect', reason => say({ disconnected: socket.nsp.name, reason }));
    socket.on('error', error => say({ error: error.message }));
    socket.use(([name, ...args], next) => {
        if (Object.hasOwn(handlers, name))
            handlers[name](socket, server, ...args);
        else
            echo(socket, name, args);
        next();
    });
}
