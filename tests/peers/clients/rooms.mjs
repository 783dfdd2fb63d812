// npm clients that join a room and tell what befalls them, one JSON object a line:
//   node rooms.mjs URL [--room tea] NAME…
// Who is called "mute" answers no acks.
import { parseArgs } from 'node:util';
import { io } from 'socket.io-client';

const { values, positionals: [url, ...names] } = parseArgs({
    allowPositionals: true,
    options: { room: { type: 'string' } },
});
const tell = (client, what) => console.log(JSON.stringify({ client, ...what }));

for (const name of names) {
    const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, auth: { name } });

    socket.on('connect', () => {
        tell(name, { connected: socket.id });
        socket.io.engine.on('close', why => tell(name, { closed: why }));
        if (values.room)
            socket.emit('join', values.room, () => tell(name, { joined: values.room }));
    });
    socket.onAny((event, ...args) => {
        const answer = typeof args.at(-1) === 'function' ? args.pop() : null;

        tell(name, { event, args });
        if (answer && name !== 'mute')
            answer(`${name} says yes`);
    });
    socket.on('disconnect', why => tell(name, { disconnected: why }));
    socket.on('connect_error', error => tell(name, { error: error.message }));
}
