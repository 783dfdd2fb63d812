// A client that behaves, beside others that do not: node witness.mjs URL [TRANSPORT…]
// It asks every 50 ms, over WebSocket and over polling in turn. A line on standard input ends it; it then prints
// {"acks": N, "slowest": MS, "lost": WHY or null}.
import { createRequire } from 'node:module';

const io = createRequire(import.meta.url)('socket.io-client').io;
const [url, ...only] = process.argv.slice(2);
const sockets = (only.length ? only : ['websocket', 'polling']).map(transport =>
    io(url, { transports: [transport], reconnection: false, rejectUnauthorized: false }));
const told = { acks: 0, slowest: 0, lost: null };
const open = new Map();
let n = 0, ready = 0;

for (const socket of sockets) {
    socket.on('connect', () => ++ready === sockets.length && console.log('{"ready":true}'));
    socket.on('connect_error', error => {
        told.lost ??= error.message;
        console.error(`${error.message}: ${error.description?.message ?? error.description ?? ''}`);
    });
    socket.on('disconnect', reason => { told.lost ??= reason; });
}

const timer = setInterval(() => {
    if (ready < sockets.length)
        return;
    const id = n++;
    open.set(id, Date.now());
    sockets[id % sockets.length].emit('witness', id, () => {
        if (++told.acks === 10)
            console.log('{"enough":true}');
        told.slowest = Math.max(told.slowest, Date.now() - open.get(id));
        open.delete(id);
    });
}, 50);

process.stdin.once('data', () => {
    clearInterval(timer);
    for (const since of open.values())
        told.slowest = Math.max(told.slowest, Date.now() - since);
    console.log(JSON.stringify(told));
    for (const socket of sockets)
        socket.off('disconnect').disconnect();
    setTimeout(() => process.exit(0), 100);    // they say goodbye: the host need not wait for them
});
