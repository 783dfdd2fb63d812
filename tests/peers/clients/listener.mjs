// Sockets of the npm client that say all they hear, for a driver of the host: one JSON object a line.
//   node listener.mjs URL [--client 4] [--way websocket] ann bob eve@/other mute-joe
// {"ready": {NAME: id}} and then {"who": NAME, "heard": [event, …]}. They answer "question" with their name, but the mute.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { once } from './tap.mjs';

const { values: v, positionals: [url, ...names] } = parseArgs({
    allowPositionals: true,
    options: { client: { type: 'string', default: '4' }, way: { type: 'string', default: 'websocket' } },
});
const require = createRequire(import.meta.url);
const library = require(v.client === '4' ? 'socket.io-client' : `socket.io-client-${v.client}`);
const io = library.io ?? library;
const transports = v.way === 'upgrade' ? ['polling', 'websocket'] : [v.way];
const say = line => console.log(JSON.stringify(line));
const managers = new Map();

async function listen(text) {
    const [name, namespace = '/'] = text.split('@');
    const manager = managers.get(name);
    const socket = manager ? manager.socket(namespace)
        : io(new URL(namespace, url).href, { transports, forceNew: true, reconnection: false });
    managers.set(name, socket.io);
    const { onevent } = socket;
    socket.onevent = packet => {
        say({ who: text, heard: packet.data.map(each => each instanceof Uint8Array ? { $bin: each.toString('base64') } : each).filter(each => typeof each !== 'function') });
        onevent.call(socket, packet);
    };
    socket.on('question', (...args) => text.startsWith('mute') || args.pop()(name, ...args));
    socket.on('disconnect', reason => say({ who: text, heard: ['disconnect', reason] }));
    await once(socket, 'connect');
    return [text, socket.id];
}

const ids = {};
for (const text of names) {
    const [name, id] = await listen(text);
    ids[name] = id;
}
say({ ready: ids });
