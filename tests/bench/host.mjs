// node --expose-gc host.mjs: the npm server that host.sh compares with; it does what host.json says. It prints its
// port, and collects its garbage on SIGUSR2.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const { Server } = createRequire(new URL('../peers/package.json', import.meta.url))('socket.io');
const web = createServer();
const io = new Server(web);

io.on('connection', socket => {
    socket.on('ask', (text, ack) => ack(text));
    socket.on('join', (room, ack) => { socket.join(room); ack(); });
    socket.on('leave', (room, ack) => { socket.leave(room); ack(); });
    socket.on('tell', text => io.to('hall').emit('told', text));
});
process.on('SIGUSR2', () => globalThis.gc());
web.listen(0, '127.0.0.1', () => console.log(web.address().port));
