// The npm client against a host that echoes:
//   node socketio-client.mjs URL [SCENARIO…] [--client 2|3|4] [--transport polling --transport websocket] [--msgpack]
//     [--base64: octets as text, over WebSocket too]
// Scenarios "answer" and "shutdown" need a driver: they print {"ready":id} and wait for what the host does.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { assert, finish, once, step } from './tap.mjs';

const { values, positionals: [url, ...wanted] } = parseArgs({
    allowPositionals: true,
    options: {
        client: { type: 'string', default: '4' },
        transport: { type: 'string', multiple: true, default: ['websocket'] },
        path: { type: 'string', default: '/socket.io/' },
        msgpack: { type: 'boolean' },
        base64: { type: 'boolean' },
        insecure: { type: 'boolean' },
    },
});
const require = createRequire(import.meta.url);
const library = require(values.client === '4' ? 'socket.io-client' : `socket.io-client-${values.client}`);
const io = library.io ?? library;
const old = values.client === '2';
const parser = values.msgpack && require(old ? 'socket.io-msgpack-parser-2' : 'socket.io-msgpack-parser');
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

function connect(namespace = '/', options = {}) {
    return io(new URL(namespace, url).href, {
        path: values.path, transports: values.transport, forceNew: true, reconnection: false,
        rejectUnauthorized: !values.insecure, forceBase64: values.base64, ...parser && { parser }, ...options,
    });
}

// A refusal is "connect_error", or of socket.io 2 "error", which is what the middleware gave.
async function connected(namespace, options) {
    const socket = connect(namespace, options);
    const failed = name => once(socket, name).then(([error]) => { throw error; });
    await Promise.race([once(socket, 'connect'), failed('connect_error'), failed('error')]);
    return socket;
}

// The first argument of the answer: Socket.IO 2 and 3 have no promises.
const ask = (socket, ...event) => new Promise(resolve => socket.emit(...event, resolve));

// notepack writes 1e300 as an integer, which it is not.
const VALUES = [
    [], [null], [true], [false], [0], [-0.5], [parser ? 0.1 : 1e300], [2 ** 53], [-(2 ** 53)], [''], ['text'],
    ['ünïcode ☃ 🎉 \u2028\u0000"\\'], [[]], [{}], [[1, [2, [3]]]], [{ a: { b: [null, { c: 'd' }] }, '': 0 }],
    [1, 'two', [3], { four: 4 }, null], [{ _placeholder: true, num: 0 }], ['x'.repeat(100000)],
];

const scenarios = {
    async events() {
        const socket = await connected();
        await step('connect gives an id', async () => assert.match(socket.id, /^\S{8,}$/));
        for (const args of VALUES)
            await step(`echo of ${JSON.stringify(args).slice(0, 60)}`, async () => {
                const back = once(socket, 'echo');
                socket.emit('echo', ...args);
                assert.deepEqual(await back, args);
            });
        await step('an event name of any letters', async () => {
            const back = once(socket, 'naïve "name" 🎈,[');
            socket.emit('naïve "name" 🎈,[', 1);
            assert.deepEqual(await back, [1]);
        });
        await step('500 in one burst keep their order', async () => {
            const seen = [];
            const all = new Promise(resolve => socket.on('burst', n => seen.push(n) === 500 && resolve()));
            for (let n = 0; n < 500; n++)
                socket.emit('burst', n);
            await all;
            assert.deepEqual(seen, [...Array(500).keys()]);
        });
        socket.disconnect();
    },

    async acks() {
        const socket = await connected();
        for (const args of VALUES)
            await step(`ack of ${JSON.stringify(args).slice(0, 60)}`, async () => {
                const answer = await new Promise(resolve => socket.emit('value', ...args, (...back) => resolve(back)));
                assert.deepEqual(answer, args);
            });
        await step('50 acks at once, each its own', async () => {
            const all = [...Array(50).keys()].map(n => ask(socket, 'many', n));
            assert.deepEqual(await Promise.all(all), [...Array(50).keys()]);
        });
        await step('an acked event is not echoed as well', async () => {
            let echoed = 0;
            socket.on('quiet', () => { echoed += 1; });
            await ask(socket, 'quiet', 1);
            await ask(socket, 'after', 1);
            assert.equal(echoed, 0);
        });
        socket.disconnect();
    },

    async binary() {
        const socket = await connected();
        for (const size of [0, 1, 125, 126, 65535, 65536, 1 << 20, 8 << 20])
            await step(`echo of ${size} bytes`, async () => {
                const data = Buffer.alloc(size, size & 255);
                const back = once(socket, 'bin');
                socket.emit('bin', data);
                const [got] = await back;
                assert.ok(data.equals(got), 'other bytes came back');
            }, 30000);
        await step('three buffers deep in an argument, with an ack', async () => {
            const args = [{ a: Buffer.from('one'), list: [Buffer.from('two'), 'text', { z: Buffer.from('three') }] }, 7];
            const back = await new Promise(resolve => socket.emit('deep', ...args, (...got) => resolve(got)));
            assert.deepEqual(JSON.parse(JSON.stringify(back)), JSON.parse(JSON.stringify(args)));
        });
        await step('text and binary keep their order', async () => {
            const seen = [];
            const all = new Promise(resolve => socket.on('mix', n => seen.push(n) === 100 && resolve()));
            for (let n = 0; n < 100; n++)
                socket.emit('mix', n, ...(n % 2 ? [Buffer.alloc(n)] : []));
            await all;
            assert.deepEqual(seen, [...Array(100).keys()]);
        });
        socket.disconnect();
    },

    async rooms() {
        const [ann, bob, eve] = await Promise.all([connected(), connected(), connected()]);
        const heard = { ann: [], bob: [], eve: [] };
        ann.on('say', (...args) => heard.ann.push(args));
        bob.on('say', (...args) => heard.bob.push(args));
        eve.on('say', (...args) => heard.eve.push(args));
        await step('join answers the rooms, own id among them', async () => {
            const { ok, rooms } = await ask(ann, 'join', 'tea');
            assert.ok(ok);
            assert.deepEqual([...rooms].sort(), [ann.id, 'tea'].sort());
        });
        await step('join twice is one room', async () => {
            const { rooms } = await ask(ann, 'join', 'tea');
            assert.equal(rooms.filter(room => room === 'tea').length, 1);
        });
        await step('join asks for no answer', async () => {
            bob.emit('join', 'tea');
            await ask(bob, 'sync');
        });
        await step('say reaches the others of the room, and only them', async () => {
            const came = once(bob, 'say');
            ann.emit('say', 'tea', 'hello', { n: 1 });
            assert.deepEqual(await came, [ann.id, 'hello', { n: 1 }]);
            await Promise.all([ann, eve].map(socket => ask(socket, 'sync')));
            assert.deepEqual(heard, { ann: [], bob: [[ann.id, 'hello', { n: 1 }]], eve: [] });
        });
        await step('say carries binary', async () => {
            const came = once(bob, 'say');
            ann.emit('say', 'tea', Buffer.from('bytes'));
            assert.equal((await came)[1].toString(), 'bytes');
        });
        await step('an outsider may say, an empty room hears nothing', async () => {
            const came = once(bob, 'say');
            eve.emit('say', 'nobody-here', 'lost');
            eve.emit('say', 'tea', 'from outside');
            assert.deepEqual(await came, [eve.id, 'from outside']);
        });
        await step('leave answers the rooms, and one hears no more', async () => {
            const { rooms } = await ask(bob, 'leave', 'tea');
            assert.deepEqual(rooms, [bob.id]);
            const before = heard.bob.length;
            ann.emit('say', 'tea', 'gone?');
            await ask(ann, 'sync');
            await ask(bob, 'sync');
            assert.equal(heard.bob.length, before);
        });
        for (const socket of [ann, bob, eve])
            socket.disconnect();
    },

    async namespaces() {
        const root = await connected('/', { forceNew: false });
        const chat = connect('/chat', { forceNew: false });
        await step('a second namespace on one connection, with an id of its own', async () => {
            await once(chat, 'connect');
            assert.equal(chat.io, root.io);
            assert.notEqual(chat.id, root.id);
        });
        await step('an event stays in its namespace', async () => {
            let leaked = 0;
            root.on('here', () => { leaked += 1; });
            const back = once(chat, 'here');
            chat.emit('here', 'chat');
            assert.deepEqual(await back, ['chat']);
            await ask(root, 'sync');
            assert.equal(leaked, 0);
        });
        await step('leaving one keeps the other', async () => {
            chat.disconnect();
            assert.equal(await ask(root, 'still', 1), 1);
        });
        await step('joining again gives a new id', async () => {
            const before = chat.id;
            await ask(root, 'sync');
            chat.connect();
            await once(chat, 'connect');
            assert.ok(chat.id && chat.id !== before);
        });
        root.io.engine.close();
    },

    async auth() {
        const token = old ? { query: { token: 'x' } } : { auth: { token: 'x' } };
        await step('refused without a token, with message and data', async () => {
            const error = await connected('/secure').then(() => assert.fail('it connected'), e => e);
            assert.deepEqual(old ? error : error.data, old && parser ? 'no token' : { code: 401 });
            if (!old)
                assert.equal(error.message, 'no token');
        });
        await step('taken with one', async () => {
            const socket = await connected('/secure', token);
            assert.equal(await ask(socket, 'x', 1), 1);
            socket.disconnect();
        });
        await step('a refusal leaves the other namespaces alone', async () => {
            const root = await connected();
            const refused = root.io.socket('/secure');
            await Promise.race([once(refused, 'connect_error'), once(refused, 'error')]);
            assert.equal(await ask(root, 'x', 2), 2);
            root.io.engine.close();
        });
    },

    async upgrade() {
        const socket = await connected();
        const seen = [];
        await step('moves to WebSocket, and nothing is lost, doubled or reordered on the way', async () => {
            const all = new Promise(resolve => socket.on('n', n => seen.push(n) === 400 && resolve()));
            for (let n = 0; n < 400; n++) {
                socket.emit('n', n, ...(n % 7 ? [] : [Buffer.alloc(n)]));
                if (n % 20 === 0)
                    await sleep(2);
            }
            await all;
            assert.deepEqual(seen, [...Array(400).keys()]);
            for (let i = 0; i < 200 && socket.io.engine.transport.name !== 'websocket'; i++)
                await sleep(20);
            assert.equal(socket.io.engine.transport.name, 'websocket');
            assert.equal(await ask(socket, 'x', 'on the other'), 'on the other');
        });
        socket.disconnect();
    },

    async reconnect() {
        const again = { reconnection: true, reconnectionDelay: 50, randomizationFactor: 0 };
        const socket = await connected('/', again);
        const before = socket.id;
        await step('comes back by itself, with a new id, and says what it kept', async () => {
            const gone = once(socket, 'disconnect'), back = once(socket, 'kept');
            socket.io.engine.close();
            assert.match((await gone)[0], /forced close|transport close/);
            socket.emit('kept', 1);
            assert.deepEqual(await back, [1]);
            assert.notEqual(socket.id, before);
        });
        socket.disconnect();
    },

    async disconnects() {
        await step('own disconnect', async () => {
            const socket = await connected();
            const reason = once(socket, 'disconnect');
            socket.disconnect();
            assert.equal((await reason)[0], 'io client disconnect');
        });
        await step('the engine closed under it', async () => {
            const socket = await connected();
            const reason = once(socket, 'disconnect');
            socket.io.engine.close();
            assert.equal((await reason)[0], 'forced close');
        });
        await step('connecting anew gives a new id', async () => {
            const socket = await connected();
            const before = socket.id;
            socket.disconnect();
            if (values.client !== '4')    // the manager of 2 and 3 still closes its engine, whatever the server is
                await sleep(600);
            socket.connect();
            await once(socket, 'connect');
            assert.notEqual(socket.id, before);
            socket.disconnect();
        });
    },

    async answer() {
        const socket = await connected();
        socket.on('question', (...args) => args.pop()('answer', ...args));
        const gone = once(socket, 'disconnect');
        console.log(JSON.stringify({ ready: socket.id }));
        await step('the server ends it', async () => assert.equal((await gone)[0], 'io server disconnect'));
    },

    async shutdown() {
        const socket = await connected();
        const gone = once(socket, 'disconnect');
        console.log(JSON.stringify({ ready: socket.id }));
        await step('the server goes away', async () =>
            assert.ok(['transport close', 'io server disconnect'].includes((await gone)[0])));
    },
};

const alone = Object.keys(scenarios).filter(name => !['answer', 'shutdown', 'upgrade'].includes(name));
for (const name of wanted.length ? wanted : alone)
    try {
        await scenarios[name]();
    } catch (error) {
        await step(`${name}: connect`, async () => { throw error; });
    }
finish();
