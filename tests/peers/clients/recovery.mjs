// Connection state recovery, against our host or socketio.mjs, with --recovery 1500 both:
//   node recovery.mjs URL [--transport polling …] [--msgpack] [--old | --rules]
// Printed besides the steps: {"wire": […]}: the packets that ann got, with ids and offsets as words. --old: a client of
// socket.io 2 in Engine.IO 3, which gets the offsets and knows nothing of them. --rules: those of test-host.py.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { assert, finish, once, step } from './tap.mjs';

const { values, positionals: [url] } = parseArgs({
    allowPositionals: true,
    options: {
        transport: { type: 'string', multiple: true, default: ['websocket'] },
        msgpack: { type: 'boolean' },
        old: { type: 'boolean' },
        rules: { type: 'boolean' },
    },
});
const require = createRequire(import.meta.url);
const library = require(values.old ? 'socket.io-client-2' : 'socket.io-client');
const io = library.io ?? library;
const parser = values.msgpack && require(values.old ? 'socket.io-msgpack-parser-2' : 'socket.io-msgpack-parser');
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const ask = (socket, ...event) => new Promise(resolve => socket.emit(...event, resolve));

const connect = (options = {}) => io(url, {
    transports: values.transport, forceNew: true, reconnection: false, ...parser && { parser }, ...options,
});

const names = new Map();
const wire = [];

// MessagePack is read before: that writes integers and texts in more than one way.
function log(data) {
    if (typeof data === 'string' || !parser)
        return wire.push(typeof data === 'string' ? data : `<${data.toString('hex')}>`);
    const decoder = new parser.Decoder();
    decoder.on('decoded', ({ type, data, nsp, id }) => wire.push(JSON.stringify([type, nsp, id, data])));
    decoder.add(data);
}

function anonymous(data) {
    for (const [id, name] of names)
        data = data.replaceAll(id, name);
    return data.replace(/"pid":"[\w-]{20}"/, '"pid":PID').replace(/,"[\w-]{7}(\.[\w-]+)?"(\]+)$/, ',OFFSET$2');
}

// What the engine gets, from its first packet on: the manager makes a new one each time.
function tap(manager) {
    const open = manager.open;
    manager.open = manager.connect = function (...args) {
        const made = open.apply(this, args);
        if (this.engine !== this.tapped) {
            this.tapped = this.engine;
            this.engine.on('packet', packet => packet.type === 'message' && log(packet.data));
        }
        return made;
    };
}

async function recovers() {
    const ann = connect({ reconnection: true, reconnectionDelay: 500, randomizationFactor: 0, autoConnect: false });
    const heard = [];
    tap(ann.io);
    ann.on('say', (...args) => heard.push(args.filter(arg => typeof arg === 'number' || Buffer.isBuffer(arg)).map(Number)));
    ann.connect();
    await once(ann, 'connect');
    const bob = connect();
    await once(bob, 'connect');
    const { id } = ann;
    names.set(ann.id, 'ANN').set(bob.id, 'BOB');

    await step('a first connection is none that is recovered', async () => assert.equal(ann.recovered, false));
    await step('an event has its offset as its last argument', async () => {
        await ask(ann, 'join', 'tea');
        const back = once(ann, 'mark');
        ann.emit('mark', 1);
        const args = await back;
        assert.equal(args[0], 1);
        assert.match(args[1], /^[\w-]{7}(\.[\w-]+)?$/);
        assert.equal(args.length, 2);
    });
    await step('an event to be acked has none', async () => {
        assert.equal(await ask(ann, 'x', 5), 5);
    });
    await step('what was missed comes once, in order, before the connection is told', async () => {
        const gone = once(ann, 'disconnect'), back = once(ann, 'connect');
        ann.io.engine.close();
        await gone;
        await sleep(100);    // the server has to notice
        bob.emit('say', 'tea', 1);
        bob.emit('say', 'elsewhere', 9);
        bob.emit('say', 'tea', Buffer.from('2'));
        bob.emit('say', 'tea', 3);
        await ask(bob, 'sync');
        assert.deepEqual(heard, []);
        await back;
        assert.equal(ann.recovered, true);
        assert.equal(ann.id, id);
        assert.deepEqual(heard, [[1], [2], [3]]);
    });
    await step('rooms are kept', async () => {
        const { rooms } = await ask(ann, 'join', 'milk');
        assert.deepEqual([...rooms].sort(), [id, 'milk', 'tea'].sort());
        bob.emit('say', 'tea', 4);
        await ask(bob, 'sync');
        await ask(ann, 'sync');
        assert.deepEqual(heard, [[1], [2], [3], [4]]);
    });
    await step('a second time, with nothing missed', async () => {
        const back = once(ann, 'connect');
        ann.io.engine.close();
        await back;
        await ask(ann, 'sync');
        assert.equal(ann.recovered, true);
        assert.equal(ann.id, id);
        assert.equal(heard.length, 4);
    });
    console.log(JSON.stringify({ wire: wire.map(anonymous) }));
    await step('who went in order is a new one', async () => {
        const back = once(bob, 'mark'), before = bob.id;
        bob.emit('mark', 1);
        await back;
        bob.disconnect();
        await sleep(100);
        bob.connect();
        await once(bob, 'connect');
        assert.equal(bob.recovered, false);
        assert.notEqual(bob.id, before);
    });
    await step('who comes back too late is a new one', async () => {
        const back = once(ann, 'connect'), before = ann.id, reply = once(ann, 'mark');
        ann.emit('mark', 2);
        await reply;
        ann.io.reconnectionDelay(2200);
        ann.io.engine.close();
        await back;
        assert.equal(ann.recovered, false);
        assert.notEqual(ann.id, before);
        const { rooms } = await ask(ann, 'whoami');
        assert.deepEqual(rooms, [ann.id]);
    });
    ann.disconnect();
    bob.disconnect();
}

async function undisturbed() {
    const ann = connect();
    await once(ann, 'connect');
    await step('an old client gets the offset and goes on', async () => {
        const back = once(ann, 'mark');
        ann.emit('mark', 1);
        const args = await back;
        assert.equal(args[0], 1);
        assert.match(args[1], /^[\w-]{7}(\.[\w-]+)?$/);
        assert.equal(await ask(ann, 'x', 2), 2);
    });
    ann.disconnect();
}

// They tell on connecting what was recovered, and turn away who brings no ticket, but for those who come back.
async function withRules() {
    let tickets = 1;
    const ann = connect({
        reconnection: true, reconnectionDelay: 200, randomizationFactor: 0, auth: done => done(tickets-- > 0 ? { ticket: 1 } : {}),
    });
    const states = [];
    ann.on('state', (...args) => states.push(args.slice(0, 2)));
    await once(ann, 'connect');
    await step('what is volatile has no offset', async () => {
        const passing = once(ann, 'passing'), set = once(ann, 'set');
        ann.emit('set', { deep: [1, 'ü', null] });
        assert.deepEqual(await passing, [1]);
        assert.equal((await set).length, 1);
    });
    await step('variables come back, the last ones too, and nobody is asked again', async () => {
        const back = once(ann, 'connect');
        ann.io.engine.close();
        await back;
        await ask(ann, 'sync');
        assert.equal(ann.recovered, true);
        assert.deepEqual(states, [[false, null], [true, { deep: [1, 'ü', null], gone: 'transport close' }]]);
    });
    ann.disconnect();
}

await (values.rules ? withRules() : values.old ? undisturbed() : recovers());
finish();
