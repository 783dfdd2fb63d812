// The npm client of socket.io 2, 3 or 4 against servers/socketio.mjs: does each CHECK, one TAP line each.
//   node probe.mjs URL [CHECK…] [--client 2|3|4] [--options JSON]      options of io(), over our own
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { assert, finish, once, step } from './tap.mjs';

const { values: v, positionals: [url, ...wanted] } = parseArgs({
    allowPositionals: true,
    options: { client: { type: 'string', default: '4' }, options: { type: 'string', default: '{}' } },
});
const require = createRequire(import.meta.url);
const library = require(v.client === '4' ? 'socket.io-client' : `socket.io-client-${v.client}`);
const io = library.io ?? library;
const { msgpack, ...given } = JSON.parse(v.options);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

function connect(namespace = '/', options = {}) {
    const { pathname } = new URL(url);
    return io(new URL(namespace, url).href, {
        path: pathname === '/' ? '/socket.io/' : pathname,
        forceNew: true, reconnection: false, rejectUnauthorized: false,
        ...msgpack && { parser: require(v.client === '2' ? 'socket.io-msgpack-parser-2' : 'socket.io-msgpack-parser') },
        ...given, ...options,
    });
}

// A refusal is "connect_error", or of socket.io 2 "error", which may be a string.
async function connected(namespace, options) {
    const socket = connect(namespace, options);
    const failed = async name => {
        const [error] = await once(socket, name);
        throw error?.message ? error : Object.assign(new Error(error), { data: error });
    };
    await Promise.race([once(socket, 'connect'), failed('connect_error'), failed('error')]);
    return socket;
}

const ask = (socket, ...event) => new Promise(resolve => socket.emit(...event, (...back) => resolve(back)));

// With connection state recovery the offset follows the last argument.
async function same(socket, ...args) {
    const back = once(socket, 'echo');
    socket.emit('echo', ...args);
    assert.deepEqual((await back).slice(0, args.length), args);
}

async function refusedWith(namespace, wanted, options) {
    try {
        (await connected(namespace, options)).disconnect();
    } catch (error) {
        const detail = error.data ?? error.description?.status ?? error.description;
        return assert.match(`${error.message} ${JSON.stringify(detail)}`, wanted);
    }
    assert.fail('it connected');
}

async function dropped(order, options = {}) {
    const again = { reconnection: true, reconnectionDelay: 50, randomizationFactor: 0 };
    const socket = await connected('/', { ...again, ...options });
    const gone = once(socket, 'disconnect');
    order(socket);
    const [reason] = await gone;
    await once(socket, 'connect');
    await same(socket, 'again');
    return [socket, reason];
}

const checks = {
    echo: socket => same(socket, 'grüße ☃', { a: [1, null] }, 2.5),
    ack: async socket => assert.deepEqual(await ask(socket, 'ack', 1, 'two'), [1, 'two']),
    binary: async socket => {
        await same(socket, Buffer.from([0, 1, 255]), { deep: [Buffer.from('x')] });
        const [first, { nested }] = await ask(socket, 'binary', 300);
        assert.deepEqual([first.length, nested[299]], [300, 299 & 255]);
    },
    late: async socket => assert.deepEqual(await ask(socket, 'ackLate', 40), [40]),
    question: async socket => {
        socket.on('question', (a, b, answer) => answer(a + b, Buffer.from('!')));
        const back = once(socket, 'answered');
        socket.emit('askAck', 20, 3);
        assert.deepEqual((await back)[0], 23);
    },
    burst: async socket => {
        const seen = [], all = new Promise(resolve => socket.on('burst', n => seen.push(n) === 200 && resolve()));
        socket.emit('burst', 200);
        await all;
        assert.deepEqual(seen, [...Array(200).keys()]);
    },
    volatile: async socket => {
        const some = once(socket, 'burst');
        socket.emit('volatileBurst', 20);
        await some;
    },
    rooms: async socket => {
        const other = await connected();
        assert.ok((await ask(socket, 'join', 'den'))[0].rooms.includes('den'));
        const heard = once(socket, 'say'), all = once(socket, 'broadcast');
        other.emit('say', 'den', 'hello');
        assert.equal((await heard)[1], 'hello');
        other.emit('broadcast', 'all');
        assert.deepEqual(await all, ['all']);
        assert.ok(!(await ask(socket, 'leave', 'den'))[0].rooms.includes('den'));
        other.disconnect();
    },
    whoami: async socket => assert.equal((await ask(socket, 'whoami'))[0].id, socket.id),
    upgraded: async socket => {
        for (let i = 0; i < 100 && socket.io.engine.transport.name !== 'websocket'; i++)
            await sleep(20);
        assert.equal(socket.io.engine.transport.name, 'websocket');
        await same(socket, 'on the other');
    },
    polls: async socket => {
        await sleep(300);
        assert.equal(socket.io.engine.transport.name, 'polling');
        await same(socket, 'still');
    },
    kick: async socket => {
        const gone = once(socket, 'disconnect');
        socket.emit('kick');
        assert.deepEqual((await gone)[0], 'io server disconnect');
    },
    spaces: async () => {
        await same(await connected('/chat'), 'chat');
        await same(await connected('/dynamic-7'), 'dynamic');
        await refusedWith('/never', /Invalid namespace/);
        await refusedWith('/secure', /401/);
        const auth = v.client === '2' ? { query: { token: 'x' } } : { auth: { token: 'x' } };
        await same(await connected('/secure', auth), 'secure');
        const staff = { username: 'admin', password: 'changeit' };
        const admin = connect('/admin', v.client === '2' ? { query: staff } : { auth: staff });
        assert.ok((await once(admin, 'config'))[0].supportedFeatures.includes('EMIT'));
    },
    welcome: async () => {
        const socket = connect();
        const [first, second, third] = ['early', 'welcome', 'bytes'].map(name => once(socket, name));
        assert.deepEqual(await first, [1]);
        assert.deepEqual(await second, [{ name: 'A' }]);
        assert.equal((await third)[0].length, 4);
    },
    drop: async () => {
        const [, reason] = await dropped(socket => socket.emit('dropTransport'));
        assert.match(reason, /^transport (close|error)$/);
    },
    restart: async () => {
        const [, reason] = await dropped(socket => socket.emit('restart', 150, false));
        assert.match(reason, /^transport (close|error)$|^io server disconnect$/);
    },
    crash: () => dropped(socket => socket.emit('restart', 150, true)),
    stall: async () => {
        const [, reason] = await dropped(socket => socket.emit('stall', 3000));
        assert.equal(reason, 'ping timeout');
    },
    recovery: async () => {
        const missed = [];
        const [socket] = await dropped(client => {
            client.on('missed', n => missed.push(n));
            client.emit('later', 20, 'missed', 1);
            client.emit('broadcast', 'so that there is an offset');
            client.once('broadcast', () => client.emit('dropTransport'));
        }, { reconnectionDelay: 200 });
        assert.deepEqual([socket.recovered, missed], [true, [1]]);
    },
    rejected: () => refusedWith('/', /not you .*42/),
    needs: async () => {
        await refusedWith('/', /wrong token|401/);
        const auth = { token: 'tok' };
        await same(await connected('/', v.client === '2' ? { query: auth } : { auth }), 'x');
    },
    fails: () => refusedWith('/', /xhr (poll|post) error|websocket error|timeout/),
};

const socket = wanted.some(name => checks[name].length) ? await connected().catch(error => error) : undefined;
for (const name of wanted)
    await step(name, async () => {
        if (socket instanceof Error && checks[name].length)
            throw socket;
        await checks[name](socket);
    });
finish();
