// One list of behaviours for the npm client 2, 3 or 4 against a server that plays rules/behaviours.json, as
// servers/same.mjs does: node behaviours.mjs URL [NAME…] [--client 4] [--way polling|websocket|upgrade] [--msgpack] [--log FILE]
// FILE gets a line of JSON for each socket, with all that it heard and every packet, ids and times taken out:
// that is what two servers are compared by.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { assert, finish, once, step } from './tap.mjs';

const { values: v, positionals: [url, ...wanted] } = parseArgs({
    allowPositionals: true,
    options: {
        client: { type: 'string', default: '4' }, way: { type: 'string', default: 'websocket' },
        msgpack: { type: 'boolean' }, log: { type: 'string' },
    },
});
const require = createRequire(import.meta.url);
const library = require(v.client === '4' ? 'socket.io-client' : `socket.io-client-${v.client}`);
const io = library.io ?? library;
const old = v.client === '2';
const parser = v.msgpack && require(old ? 'socket.io-msgpack-parser-2' : 'socket.io-msgpack-parser');
const transports = v.way === 'upgrade' ? ['polling', 'websocket'] : [v.way];
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const peers = [];

const plain = value => Buffer.isBuffer(value) || value instanceof ArrayBuffer
    ? { bytes: value.byteLength, hex: Buffer.from(value).subarray(0, 8).toString('hex') }
    : Array.isArray(value) ? value.map(plain)
    : typeof value === 'object' && value ? Object.fromEntries(Object.entries(value).map(([k, each]) => [k, plain(each)]))
    : typeof value === 'string' && value.length > 300 ? { length: value.length } : value;

// The name that a packet of Engine.IO has in each version, without what comes at its own time.
function told(packet) {
    return ['ping', 'pong', 'noop'].includes(packet.type) ? [] : [[packet.type, plain(packet.data ?? '')]];
}

class Peer {
    constructor(name, namespace = '/', options = {}) {
        const { auth, manager, ...more } = options;
        Object.assign(this, { name, heard: [], packets: [], ids: [] });
        peers.push(this);
        this.socket = manager ? manager.socket(namespace, old ? { query: auth } : { auth })
            : io(new URL(namespace, url).href, {
                transports, forceNew: true, reconnection: false, ...auth && (old ? { query: auth } : { auth }),
                ...parser && { parser }, ...more,
            });
        this.manager = this.socket.io;
        for (const event of ['connect', 'disconnect', 'connect_error', 'error'])
            this.socket.on(event, what => this.note(event, what));
        const onevent = this.socket.onevent;
        this.socket.onevent = packet => { this.note(...packet.data); onevent.call(this.socket, packet); };
        if (!manager) {
            this.watch();
            this.manager.on('open', () => this.watch());
        }
    }

    // One engine after the other.
    watch() {
        const engine = this.manager.engine;
        if (!engine || engine === this.watched)
            return;
        this.watched = engine;
        engine.on('packet', packet => this.packets.push(...told(packet).map(what => ['in', ...what])));
        engine.on('packetCreate', packet => this.packets.push(...told(packet).map(what => ['out', ...what])));
        engine.on('handshake', data => this.packets.push(['handshake', plain(data)]));
    }

    note(name, ...args) {
        if (name === 'connect')
            this.ids.push(this.socket.id);
        const failed = name === 'connect_error' || name === 'error';
        // A cut ends a poll and a post at once: which of them the client takes note of first is chance.
        const list = failed && args[0] instanceof Error ? [args[0].message.replace(/xhr (poll|post)/, 'xhr'), args[0].data] : args;
        this.heard.push([name, ...list.filter(each => typeof each !== 'function')]);
        this.news?.();
    }

    async connected() {
        for (;;) {
            if (this.socket.connected && this.socket.id)
                return this;
            const since = this.heard.findLastIndex(([name]) => name === 'disconnect') + 1;
            const error = this.heard.slice(since).find(([name]) => name === 'connect_error' || name === 'error');
            if (error)
                throw Object.assign(new Error('refused'), { told: error });
            await this.more();
        }
    }

    more() { return new Promise(resolve => { this.news = resolve; }); }

    // The arguments of the next event of that name after the last that was asked for.
    async hear(name) {
        for (;; await this.more()) {
            const at = this.heard.findIndex((event, i) => i >= (this.at ?? 0) && event[0] === name);
            if (at < 0)
                continue;
            this.at = at + 1;
            return this.heard[at].slice(1);
        }
    }

    emit(...event) { this.socket.emit(...event); }

    ask(...event) { return new Promise(resolve => this.socket.emit(...event, (...answer) => resolve(answer))); }

    sync() { return this.ask('ack', 'sync'); }

    count(name, ...args) {
        return this.heard.filter(event => event[0] === name && args.every((each, i) => each === event[i + 1])).length;
    }

    close() { this.socket.disconnect(); }
}

async function meet(name, namespace, options) {
    const peer = await new Peer(name, namespace, options).connected();
    if (peer.socket.nsp === '/')
        await peer.hear('welcome');
    if (v.way === 'upgrade' && !options?.manager)
        for (let i = 0; i < 400 && peer.manager.engine.transport.name !== 'websocket'; i++)
            await sleep(5);
    return peer;
}

// Three in one room, one outside.
async function party() {
    const all = await Promise.all(['ann', 'bob', 'eve', 'out'].map(name => meet(name)));
    await Promise.all(all.slice(0, 3).map(peer => peer.ask('join', 'den')));
    return all;
}

const rejected = async (...how) => {
    try {
        await new Peer(...how).connected();
    } catch (error) {
        return error.told;
    }
    return assert.fail('it was let in');
};

// What a server of version 4 sends to a client of version 2 is an object.
const why = ([, reason]) => reason.message ?? reason;

// notepack takes 1e300 for an integer and knows no other octets than Buffers.
const VALUES = [
    [], [null], [true, false], [0, -1, 2 ** 31, 2 ** 53, -(2 ** 53)], [-0.5, v.msgpack ? 0.1 : 1e300], [''], ['text'],
    ['ünïcode ☃ 🎉 \u2028\u2029\u0000"\\/\n'], [[], {}], [[1, [2, [3]]]], [{ a: { b: [null, { c: 'd' }] }, '': 0 }],
    [1, 'two', [3], { four: 4 }, null], [{ _placeholder: true, num: 0 }], ['x'.repeat(70000)], [['__proto__', 'constructor']],
];
const octets = size => Buffer.alloc(size, Buffer.from([size & 255, 7, 0, 255]));
const SIZES = [0, 1, 125, 126, 65535, 65536, 1 << 20, 8 << 20];
const same = (a, b) => assert.deepEqual(plain(a), plain(b));

const behaviours = {
    async connect() {
        const ann = await meet('ann', '/', { auth: { token: 'good', n: '1' } });
        await step('welcome comes first', async () => {
            const [id, transport, { bytes }] = ann.heard[1].slice(1);
            assert.deepEqual([id, transport], [ann.socket.id, transports[0]]);
            assert.equal(Buffer.from(bytes).toString('hex'), '000102ff');
        });
        await step('the transport is the one asked for', () =>
            assert.equal(ann.manager.engine.transport.name, transports.at(-1)));
        ann.close();
    },

    async reject() {
        await step('refused with message and data', async () => {
            const error = await rejected('ann', '/', { auth: { token: 'bad' } });
            same(error.slice(1), old ? [parser ? 'not you' : { code: 401, list: [1, null] }] : ['not you', { code: 401, list: [1, null] }]);
        });
        await step('refused with a message alone', async () => {
            const error = (await rejected('bob', '/closed')).slice(1);
            same(error, old ? ['closed today'] : ['closed today', undefined]);
        });
        await step('no such namespace', async () => assert.equal(why(await rejected('eve', '/nowhere')), 'Invalid namespace'));
        await step('a refusal leaves the others of the connection alone', async () => {
            const root = await meet('root');
            const other = await meet('other', '/other', { manager: root.manager });
            await rejected('closed', '/closed', { manager: root.manager });
            same(await root.ask('ack', 1), [1]);
            same(await other.ask('ack', 1), ['/other', 1]);
            root.manager.engine.close();
        });
    },

    async values() {
        const ann = await meet('ann');
        for (const args of VALUES)
            await step(`${JSON.stringify(args).slice(0, 50)} as event and ack`, async () => {
                ann.emit('echo', ...args);
                assert.deepEqual(await ann.hear('echo'), args);
                assert.deepEqual(await ann.ask('ack', ...args), args);
            });
        await step('a burst keeps its order', async () => {
            ann.emit('burst', 300);
            for (let n = 0; n < 300; n++)
                same(await ann.hear('burst'), [n]);
            for (let n = 0; n < 300; n++)
                ann.emit('echo', n);
            for (let n = 0; n < 300; n++)
                same(await ann.hear('echo'), [n]);
        });
        ann.close();
    },

    async binary() {
        const ann = await meet('ann');
        for (const size of SIZES)
            await step(`${size} bytes as event and ack`, async () => {
                ann.emit('echo', octets(size));
                assert.ok(octets(size).equals(Buffer.from((await ann.hear('echo'))[0])));
                assert.ok(size > 1 << 20 || octets(size).equals(Buffer.from((await ann.ask('ack', octets(size)))[0])));
            });
        await step('deep, several, among text', async () => {
            const args = [{ a: octets(3), list: [octets(2), 'text', { z: octets(0) }] }, 7, octets(5)];
            ann.emit('echo', ...args);
            same(await ann.hear('echo'), args);
            same(await ann.ask('ack', ...args), args);
        });
        await step('an answer between two events keeps its place', async () => {
            same(await ann.ask('two answers', 'x'), [Buffer.from([2]), 'x']);
            same(await ann.hear('one'), [Buffer.from([1])]);
            await ann.hear('two');
        });
        ann.close();
    },

    async acks() {
        const ann = await meet('ann');
        await step('only the first answer counts', async () => same(await ann.ask('twice'), ['first']));
        await step('late, and overtaken', async () => {
            const late = ann.ask('late', 60);
            same(await ann.ask('ack', 'early'), ['early']);
            same(await late, ['late']);
        });
        await step('the client answers', async () => {
            ann.socket.once('question', (...args) => args.pop()('yes', ...args, octets(3)));
            ann.emit('ask me', 5000, 'ü', octets(2));
            same(await ann.hear('answered'), ['yes', 5000, 'ü', octets(2), octets(3)]);
        });
        await step('the client answers nothing', async () => {
            ann.socket.once('question', (...args) => args.pop()());
            ann.emit('ask me', 5000);
            same(await ann.hear('answered'), []);
        });
        await step('the client does not answer in time', async () => {
            ann.socket.once('question', (...args) => setTimeout(args.pop(), 250, 'too late'));
            ann.emit('ask me', 40);
            same(await ann.hear('nobody answered'), []);
            await sleep(300);
            same(await ann.sync(), ['sync']);
        });
        if (v.client === '4')
            await step('the server does not answer in time', async () => {
                const error = await new Promise(resolve => ann.socket.timeout(30).emit('never', resolve));
                assert.equal(error.message, 'operation has timed out');
            });
        ann.close();
    },

    async rooms() {
        const [ann, bob, eve, out] = await party();
        const all = [ann, bob, eve, out];
        // Who of them heard it; the sync goes through the same connections after it.
        const heard = async (from, name, ...args) => {
            await from.ask(name, ...args, name);
            await Promise.all(all.map(peer => peer.sync()));
            return all.filter(peer => peer.heard.some(event => event[0] === 'heard' && event[1] === name)).map(peer => peer.name);
        };
        const cases = [
            ['to', [ann, 'den'], ['bob', 'eve']], ['in', [ann, 'den'], ['ann', 'bob', 'eve']],
            ['others', [out], ['ann', 'bob', 'eve']], ['all', [bob], ['ann', 'bob', 'eve', 'out']],
            ['but', [ann, 'den', 'attic'], ['bob']], ['either', [out, 'den', 'attic'], ['ann', 'bob', 'eve']],
            ['all but', [ann, 'den'], ['out']],
        ];
        await step('join is told once, with its own id', async () =>
            assert.deepEqual([...(await eve.ask('join', 'attic'))[0]].sort(), [eve.socket.id, 'attic', 'den'].sort()));
        for (const [name, [from, ...args], who] of cases)
            await step(`${name} reaches ${who}`, async () => {
                assert.deepEqual(await heard(from, name, ...args), who);
                assert.ok(all.every(peer => peer.count('heard', name) <= 1), 'somebody heard it twice');
            });
        await step('one socket by its id', async () => {
            await ann.ask('in', bob.socket.id, 'psst', octets(4));
            same(await bob.hear('heard'), bob.heard.find(event => event[0] === 'heard').slice(1));
            await bob.sync();
            same(bob.heard.findLast(event => event[0] === 'heard').slice(3), ['psst', octets(4)]);
        });
        await step('another one is put into a room', async () => {
            same(await ann.ask('fetch', out.socket.id, 'den'), [4]);
            await ann.ask('to', 'den', 'all four');
            await out.sync();
            assert.equal(out.count('heard', 'to', 'den', 'all four'), 1);
        });
        await step('who left hears no more, nobody is an error', async () => {
            await out.ask('leave', 'den');
            await out.ask('leave', 'den');
            await ann.ask('in', 'den', 'without');
            await ann.ask('in', 'no such room', 'nobody');
            await Promise.all(all.map(peer => peer.sync()));
            assert.deepEqual(all.map(peer => peer.count('heard', 'in', 'den', 'without')), [1, 1, 1, 0]);
        });
        await step('a room answers', async () => {
            for (const peer of all)
                peer.socket.on('question', (ms, answer) => peer !== eve || ms > 1000 ? answer(peer.name) : 0);
            const [word, answers] = await ann.ask('ask room', 'den', 5000);
            assert.deepEqual([word, [...answers].sort()], ['all of them', ['ann', 'bob', 'eve']]);
        });
        await step('not all of a room answer', async () => {
            const [word, answers] = await out.ask('ask room', 'den', 400);
            assert.deepEqual([word, [...answers].sort()], ['not all of them', ['ann', 'bob']]);
        });
        await step('an empty room has no answers', async () => same(await ann.ask('ask room', 'nobody', 500), ['all of them', []]));
        await step('volatile comes to who can take it', async () => {
            for (let n = 0; n < 50 && ann.count('fleeting') === 0; n++) {
                await sleep(20); // until it polls again
                ann.emit('volatile', n);
                same(await ann.hear('after it'), [n]);
            }
            assert.equal(ann.count('fleeting'), 1);
        });
        for (const peer of all.reverse()) {
            peer.close();
            await sleep(10);
        }
    },

    async namespaces() {
        const root = await meet('root');
        const other = await meet('other', '/other', { manager: root.manager });
        const tenant = await meet('tenant', '/tenant-7b', { manager: root.manager });
        await step('each has its events and acks', async () => {
            root.emit('echo', 'r');
            other.emit('echo', 'o');
            same([await root.hear('echo'), await other.hear('echo')], [['r'], ['o']]);
            same(await other.ask('ack', octets(1)), ['/other', octets(1)]);
            same(await tenant.ask('ack', 1), ['/tenant-7b', 1]);
        });
        await step('a dynamic name that does not match', async () =>
            assert.equal(why(await rejected('else', '/tenant-7b/x', { manager: root.manager })), 'Invalid namespace'));
        await step('the server ends one, the others stay', async () => {
            other.emit('kick');
            same(await other.hear('disconnect'), ['io server disconnect']);
            same(await root.sync(), ['sync']);
        });
        await step('it may come again', async () => {
            other.socket.connect();
            await other.hear('connect');
            same(await other.ask('ack', 2), ['/other', 2]);
        });
        await step('the client ends one, the others stay', async () => {
            tenant.close();
            same(await root.sync(), ['sync']);
        });
        await step('the server ends all', async () => {
            other.emit('kick all');
            same([await root.hear('disconnect'), await other.hear('disconnect')], [['io server disconnect'], ['io server disconnect']]);
        });
    },

    async disconnects() {
        const witness = await meet('witness');
        const ends = [
            ['kick', /^io server disconnect$/, /^server namespace disconnect$/],
            ['kick all', /^io server disconnect$/, /^server namespace disconnect$/],
            ['close', /^transport close$/, /^forced close$|^transport close$/],
            ['cut', /^transport (close|error)$/, /^transport (close|error)$/],
        ];
        for (const [how, here, there] of ends)
            await step(how, async () => {
                const ann = await meet(`by ${how}`);
                const { id } = ann.socket;
                ann.emit(how);
                assert.match((await ann.hear('disconnect'))[0], here);
                assert.ok(!ann.socket.connected);
                const [gone, why] = await witness.hear('gone');
                assert.equal(gone, id);
                assert.match(why, there);
                ann.close();
            });
        await step('the client leaves', async () => {
            const ann = await meet('leaver'), { id } = ann.socket;
            ann.close();
            same(await ann.hear('disconnect'), ['io client disconnect']);
            same(await witness.hear('gone'), [id, 'client namespace disconnect']);
        });
        await step('the client closes the engine', async () => {
            const ann = await meet('closer'), { id } = ann.socket;
            ann.manager.engine.close();
            same(await ann.hear('disconnect'), ['forced close']);
            same(await witness.hear('gone'), [id, 'transport close']);
        });
        witness.close();
    },

    async reconnect() {
        const again = { reconnection: true, reconnectionDelay: 20, randomizationFactor: 0 };
        const ann = await meet('ann', '/', again);
        const other = await meet('other', '/other', { manager: ann.manager });
        for (const how of ['cut', 'close'])
            await step(`after ${how} it comes back, and says what it kept`, async () => {
                const before = ann.socket.id;
                ann.emit(how);
                await ann.hear('disconnect');
                ann.emit('echo', how);
                same(await ann.hear('echo'), [how]);
                await other.connected();
                same(await other.ask('ack', how), ['/other', how]);
                assert.notEqual(ann.socket.id, before);
            });
        await step('after kick it does not', async () => {
            ann.emit('kick');
            same(await ann.hear('disconnect'), ['io server disconnect']);
            await sleep(60);
            assert.ok(!ann.socket.connected);
            if (old) // its manager joins the root only as it opens
                return;
            ann.socket.connect();
            await ann.connected();
            same(await ann.sync(), ['sync']);
        });
        ann.manager.reconnection(false);
        ann.manager.engine.close();
    },

    async cors() {
        const ask = (method, headers, query = 'EIO=4&transport=polling') =>
            fetch(`${url}socket.io/?${query}`, { method, headers });
        await step('preflight of one who may', async () => {
            const answer = await ask('OPTIONS', {
                'Origin': 'http://page.test', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-mine',
            });
            const header = name => answer.headers.get(`access-control-${name}`);
            assert.deepEqual([answer.status, header('allow-origin'), header('allow-credentials'), header('allow-headers')],
                [204, 'http://page.test', 'true', 'x-mine']);
            assert.match(header('allow-methods'), /POST/);
            assert.match(answer.headers.get('vary'), /Origin/);
        });
        await step('it leaves the connection open', async () => {
            const agent = new Agent({ keepAlive: true });
            const knock = () => new Promise((resolve, reject) => {
                const asked = request(`${url}socket.io/`, { method: 'OPTIONS', agent }, answer =>
                    answer.resume().on('end', () => resolve([answer.statusCode, asked.reusedSocket])));
                asked.on('error', reject).end();
            });
            assert.deepEqual([await knock(), await sleep(10), await knock()], [[204, false], undefined, [204, true]]);
            agent.destroy();
        });
        await step('of one who may not', async () => {
            const answer = await ask('OPTIONS', { 'Origin': 'http://evil.test', 'Access-Control-Request-Method': 'POST' });
            assert.equal(answer.headers.get('access-control-allow-origin'), null);
        });
        await step('errors can be read, too', async () => {
            const answer = await ask('GET', { Origin: 'http://other.test' }, 'EIO=4&transport=none');
            assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin'), (await answer.json()).code],
                [400, 'http://other.test', 0]);
        });
        await step('the cookie', async () => {
            const answer = await ask('GET', { Origin: 'http://page.test' });
            const { sid } = JSON.parse((await answer.text()).slice(1));
            assert.equal(answer.headers.get('set-cookie'), `io=${sid}; Path=/; HttpOnly; SameSite=Lax`);
            await fetch(`${url}socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '1' });
        });
    },
};

// Against a host that takes 1000 bytes and pings every 200 ms; the driver stops the process when it is told so.
const limits = {
    async large() {
        for (const what of ['x'.repeat(1001), octets(1001)])
            await step(`${typeof what} that is too large ends the connection`, async () => {
                const ann = await meet('ann');
                same(await ann.ask('ack', 'x'.repeat(900)), ['x'.repeat(900)]);
                ann.emit('echo', what);
                assert.match((await ann.hear('disconnect'))[0], /^transport (close|error)$/);
            });
    },

    async stopped() {
        const ann = await meet('ann');
        await sleep(700);
        await step('who answers pings stays', async () => same(await ann.sync(), ['sync']));
        console.log(JSON.stringify({ stop: ann.socket.id }));
        await step('who does not is taken for dead', async () =>
            assert.match((await ann.hear('disconnect'))[0], /^transport (close|error)$|^ping timeout$/));
    },
};

const all = { ...behaviours, ...limits };
for (const name of wanted.length ? wanted : Object.keys(behaviours))
    try {
        await all[name]();
    } catch (error) {
        await step(`${name}: ${error.told ?? ''}`, async () => { throw error; });
    } finally {
        for (const peer of peers)
            Object.assign(peer, { list: peer.list ?? name });
    }

// In an order of its own: which of two sockets is heard first is chance. So is who hears of whom at the end, how often
// something volatile has to be tried, and so are the numbers of the server's questions.
function log() {
    const known = new Map(peers.flatMap(peer => peer.ids.map(id => [id, `<${peer.name}>`])));
    const bare = text => text.replace(/(?:\/[\w-]+#)?[\w-]{20}(?![\w-])/g, id => known.get(id) ?? '<id>')
        .replace(/^(\["(?:out","message","(?:3|6\d+-)|in","message","(?:2|5\d+-))(?:\/[\w-]+,)?)\d+/, '$1N')
        .replace(/\[(?:\\"(?:ann|bob|eve)\\",?){2,3}\]|\[(?:"(?:ann|bob|eve)",?){2,3}\]/g, '[SOME]');
    const told = peers.map(({ name, list, heard, packets }) => {
        const lines = what => what.map(each => bare(JSON.stringify(each)))
            .filter(line => name === 'witness' || !/\["gone"|2\[\\"gone/.test(line))
            .filter(line => !/(fleeting|after it|volatile)\\?"/.test(line)).sort();
        return JSON.stringify({ list, name, heard: lines(plain(heard)), packets: lines(packets) });
    });
    writeFileSync(v.log, told.join('\n') + '\n');
}
if (v.log)
    log();
finish();
