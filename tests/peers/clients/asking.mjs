// An npm client that does as it is told: each line of standard input is an event as JSON, ["name", arguments…].
// It asks for an ack and prints {"answer": […]}, or {"answer": null} if none came within a second; what it hears
// is printed as {"heard": ["name", arguments…]}:
//   node asking.mjs URL
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { io } = createRequire(import.meta.url)('socket.io-client');
const socket = io(process.argv[2], { transports: ['websocket'], forceNew: true });
const say = record => console.log(JSON.stringify(record));

socket.on('connect', () => say({ connected: socket.id }));
socket.on('disconnect', reason => say({ disconnected: reason }));
socket.on('connect_error', error => say({ refused: error.message }));
socket.onAny((...event) => say({ heard: event }));
createInterface({ input: process.stdin }).on('line', line => {
    socket.timeout(1000).emit(...JSON.parse(line), (late, ...answer) => say({ answer: late ? null : answer }));
}).on('close', () => process.exit(0));
