// Many npm clients that join rooms, leave them and talk there:
//   node crowd.mjs URL [--sockets 1000] [--rooms 200] [--rate 1] [--keep]
// Each does something --rate times a second: a word to its room, or, one time in five, another room. With --keep the
// first of each room stays, so that none is ever empty.
import { parseArgs } from 'node:util';
import { io } from 'socket.io-client';

const { values, positionals: [url] } = parseArgs({
    allowPositionals: true,
    options: {
        sockets: { type: 'string', default: '1000' },
        rooms: { type: 'string', default: '200' },
        rate: { type: 'string', default: '1' },
        keep: { type: 'boolean', default: false },
    },
});
const nSockets = Number(values.sockets), nRooms = Number(values.rooms);
const tell = what => console.log(JSON.stringify(what));
const anyRoom = () => `room-${Math.floor(Math.random() * nRooms)}`;
let nConnected = 0;

function act(member) {
    if (!member.stays && Math.random() < 0.2) {
        const next = anyRoom();

        member.socket.emit('leave', member.room);
        member.socket.emit('join', next);
        member.room = next;
    } else {
        member.socket.emit('say', member.room, 'hello', Date.now());
    }
}

async function begin(i) {
    const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { name: `guest-${i}` } });
    const member = { socket, room: `room-${i % nRooms}`, stays: values.keep && i < nRooms };

    await new Promise(resolve => socket.once('connect', resolve));
    socket.emit('join', member.room);
    nConnected += 1;
    if (nConnected % 100 === 0)
        tell({ connected: nConnected });
    setInterval(act, 1000 / Number(values.rate) * (0.8 + Math.random() * 0.4), member);
}

for (let i = 0; i < nSockets; i += 20)
    await Promise.all([...Array(Math.min(20, nSockets - i)).keys()].map(k => begin(i + k)));
