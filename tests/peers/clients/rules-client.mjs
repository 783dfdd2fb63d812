// The npm clients against a host that plays an example of data/rules; each does here what its description says:
//   node rules-client.mjs URL EXAMPLE [--client 2|4] [--transport polling]…
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { assert, finish, once, step } from './tap.mjs';

const { values, positionals: [url, example] } = parseArgs({
    allowPositionals: true,
    options: { client: { type: 'string', default: '4' }, transport: { type: 'string', multiple: true, default: ['websocket'] } },
});
const require = createRequire(import.meta.url);
const old = values.client === '2';
const library = require(old ? 'socket.io-client-2' : 'socket.io-client');
const io = library.io ?? library;
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

// What Socket.IO 2 tells of a refusal is its data alone, or else its message.
const refusal = (message, data) => old ? data ?? message : { message, ...data && { data } };

// All that comes is kept from the beginning on: the first event follows CONNECT at once.
class Peer {
    constructor(namespace, auth, options) {
        const credentials = old ? { query: auth } : { auth };
        this.heard = [];
        this.socket = io(new URL(namespace, url).href, {
            transports: values.transport, forceNew: true, reconnection: false, ...auth && credentials, ...options,
        });
        const onevent = this.socket.onevent;
        this.socket.onevent = packet => {
            this.heard.push([...packet.data]);
            onevent.call(this.socket, packet);
            this.news?.();
        };
        this.gone = once(this.socket, 'disconnect');
    }

    async connected() {
        const failed = name => once(this.socket, name).then(([error]) => { throw error; });
        await Promise.race([once(this.socket, 'connect'), failed('connect_error'), failed('error')]);
        return this;
    }

    emit(...event) { this.socket.emit(...event); }

    ask(...event) { return new Promise(resolve => this.socket.emit(...event, (...answer) => resolve(answer))); }

    // The arguments of the first event of that name, which is taken out.
    async hear(name) {
        for (;;) {
            const at = this.heard.findIndex(event => event[0] === name);
            if (at >= 0)
                return this.heard.splice(at, 1)[0].slice(1);
            await new Promise(resolve => { this.news = resolve; });
        }
    }

    count(name) { return this.heard.filter(event => event[0] === name).length; }

    close() { this.socket.disconnect(); }
}

const connect = (namespace = '/', auth = undefined, options = {}) => new Peer(namespace, auth, options).connected();
const octets = data => [...Buffer.from(data)];

async function refused(namespace, auth) {
    try {
        await connect(namespace, auth);
    } catch (error) {
        return old ? error : { message: error.message, ...error.data && { data: error.data } };
    }
    throw new Error('it was let in');
}

const examples = {
    async echo() {
        const one = await connect();
        await step('welcome', async () => assert.deepEqual(await one.hear('welcome'), [{
            id: one.socket.id, transport: values.transport[0],
        }]));
        await step('an ack of the same', async () => assert.deepEqual(await one.ask('any', 1.5, { a: [null, 'ü'] }), [1.5, { a: [null, 'ü'] }]));
        await step('or the same event', async () => {
            one.emit('again', 'x', 2);
            assert.deepEqual(await one.hear('again'), ['x', 2]);
        });
        await step('binary', async () => {
            one.emit('bytes', { deep: Buffer.from([1, 2, 255]) });
            assert.deepEqual(octets((await one.hear('bytes'))[0].deep), [1, 2, 255]);
        });
        await step('any namespace', async () => {
            const other = await connect('/of/any/name');
            assert.deepEqual(await other.ask('hi', 7), [7]);
            other.close();
        });
        one.close();
    },

    async chat() {
        const [ann, bob] = [await connect('/', { name: 'Ann' }), await connect()];
        await step('names', async () => {
            assert.equal((await ann.hear('welcome'))[0].name, 'Ann');
            assert.deepEqual(await ann.ask('name', 'Ann'), [{ ok: true }]);
            assert.deepEqual((await bob.hear('welcome'))[0], { id: bob.socket.id, name: 'guest' });
        });
        await step('rooms', async () => {
            assert.deepEqual(await ann.ask('join', 'tea'), [{ ok: true, rooms: [ann.socket.id, 'tea'] }]);
            assert.deepEqual(await bob.ask('say', 'tea', 'no'), [{ ok: false, error: 'You are not in tea.' }]);
            assert.deepEqual(await bob.ask('join', 'tea'), [{ ok: true, rooms: [bob.socket.id, 'tea'] }]);
            assert.deepEqual(await ann.hear('joined'), [{ room: 'tea', who: 'guest' }]);
            assert.equal(bob.count('joined'), 0);
        });
        await step('talk', async () => {
            assert.deepEqual(await ann.ask('say', 'tea', 'grüße'), [{ ok: true }]);
            const [message] = await bob.hear('chat message');
            assert.deepEqual([message.room, message.from, message.text], ['tea', 'Ann', 'grüße']);
            assert.ok(!Number.isNaN(Date.parse(message.at)) && message.n >= 1);
            assert.equal(ann.count('chat message'), 0);
        });
        await step('leave', async () => {
            assert.deepEqual(await bob.ask('leave', 'tea'), [{ ok: true, rooms: [bob.socket.id] }]);
            assert.deepEqual(await ann.hear('left'), [{ room: 'tea', who: 'guest' }]);
        });
        await step('the others hear when one goes', async () => {
            ann.close();
            assert.deepEqual(await bob.hear('gone'), [{ who: 'Ann', reason: 'client namespace disconnect' }]);
        });
        bob.close();
    },

    async acks() {
        const [one, two] = [await connect(), await connect()];
        await step('at once', async () => assert.deepEqual(await one.ask('now', 1, 'b'), [1, 'b']));
        await step('late', async () => {
            const start = Date.now();
            assert.deepEqual(await one.ask('late', 300), ['late', 300]);
            assert.ok(Date.now() - start >= 290);
        });
        await step('never', async () => {
            const answer = await Promise.race([one.ask('never', 1), sleep(400).then(() => 'nothing')]);
            assert.equal(answer, 'nothing');
        });
        await step('many', async () => assert.deepEqual(await one.ask('many'), [1, 2.5, 'three', null, [4], { five: 5 }]));
        await step('nobody answers', async () => assert.deepEqual(await one.ask('ask me'), [{ answered: false }]));
        one.socket.on('question', (text, answer) => answer('one', text));
        await step('the client answers', async () => {
            assert.deepEqual(await one.ask('ask me'), [{ answered: true, with: 'one' }]);
            assert.deepEqual(await one.hear('thanks'), ['one', 'Are you there?']);
        });
        await step('all but one of a whole namespace answer', async () => assert.deepEqual(
            await one.ask('ask everybody', '?'), [{ complete: false, answers: ['one'] }]));
        two.socket.on('question', (text, answer) => answer({ two: text }));
        await step('all of it answers', async () => {
            const [{ complete, answers }] = await one.ask('ask everybody', '?');
            assert.deepEqual([complete, answers.length], [true, 2]);
            assert.ok(answers.includes('one') && answers.some(a => a.two === '?'));
        });
        one.close();
        two.close();
    },

    async auth() {
        const agent = { transportOptions: Object.fromEntries(values.transport.map(t => [t, { extraHeaders: { 'User-Agent': 'me' } }])) };
        await step('no token', async () => assert.deepEqual(await refused('/'), refusal('no token', { code: 401 })));
        await step('expired', async () => assert.deepEqual(await refused('/', { token: 'expired' }),
            refusal('token has expired', { code: 401, retry: true })));
        await step('unknown', async () => assert.deepEqual(await refused('/', { token: 'x' }),
            refusal('token “x” is not known', { code: 403 })));
        await step('admins only', async () => assert.deepEqual(await refused('/admin-area', { token: 'user-1' }),
            refusal('admins only', { code: 403 })));
        await step('no such namespace', async () => assert.deepEqual(await refused('/other', { token: 'user-1' }), refusal('Invalid namespace')));
        await step('let in', async () => {
            const one = await connect('/', { token: 'user-1' }, agent);
            assert.deepEqual(await one.hear('signed in'), [{ as: 'user-1', from: '127.0.0.1' }]);
            assert.deepEqual(await one.ask('whoami'), [{ id: one.socket.id, token: 'user-1', agent: 'me' }]);
            one.close();
        });
        await step('an admin', async () => {
            const one = await connect('/admin-area', { token: 'admin-7' });
            assert.deepEqual(await one.hear('welcome, admin'), []);
            one.close();
        });
    },

    async binary() {
        const [one, two] = [await connect(), await connect()];
        const file = Buffer.from(Array.from({ length: 300000 }, (_, i) => i * 7 % 256));
        await step('nothing yet', async () => assert.deepEqual(await one.ask('download'), [null, { error: 'Nothing was uploaded yet.' }]));
        await step('text is no file', async () => assert.equal((await one.ask('upload', 'a', 'b'))[0].ok, false));
        await step('up and down again', async () => {
            assert.deepEqual(await one.ask('upload', 'a.bin', file), [{ ok: true, name: 'a.bin' }]);
            const [name, content] = await one.ask('download');
            assert.ok(name === 'a.bin' && file.equals(Buffer.from(content)));
        });
        await step('to a room', async () => {
            two.emit('share', 'den');
            await two.ask('fill', 1);
            one.emit('share', 'den');
            const [{ from, name, content }] = await two.hear('file');
            assert.ok(from === one.socket.id && name === 'a.bin' && file.equals(Buffer.from(content)));
        });
        await step('a picture', async () => {
            one.emit('pixel');
            assert.deepEqual(octets((await one.hear('picture'))[1]).slice(0, 4), [0x89, 0x50, 0x4e, 0x47]);
        });
        await step('two in one', async () => {
            one.emit('two');
            const [first, { nested: [second] }] = await one.hear('two');
            assert.deepEqual([octets(first), octets(second)], [[0, 1, 2], [255]]);
        });
        await step('a mebibyte of text', async () => {
            one.emit('big');
            assert.equal((await one.hear('big'))[0].length, 1 << 20);
            assert.deepEqual(await one.ask('fill', 1000), ['x'.repeat(1000)]);
        });
        one.close();
        two.close();
    },

    async ticker() {
        const one = await connect();
        await step('every second', async () => {
            await one.hear('welcome');
            assert.equal((await one.hear('tick'))[0].i, 0);
            const start = Date.now();
            assert.equal((await one.hear('tick'))[0].i, 1);
            assert.ok(Math.abs(Date.now() - start - 1000) < 600);
        });
        await step('subscribed', async () => {
            assert.deepEqual(await one.ask('subscribe', 'ABC'), [{ subscribed: 'ABC' }]);
            const [{ symbol, move, trade }] = await one.hear('price');
            assert.ok(symbol === 'ABC' && move >= 0 && move < 1 && /^[0-9a-f-]{36}$/.test(trade));
        });
        await step('countdown', async () => {
            one.emit('countdown', 2);
            await one.hear('lift-off');
            assert.equal(one.count('countdown'), 2);
        });
        await step('a burst in its order', async () => {
            assert.deepEqual(await one.ask('burst'), ['done']);
            const burst = one.heard.filter(event => event[0] === 'burst').map(event => event[1]);
            assert.deepEqual(burst, [...Array(1000).keys()]);
        });
        one.close();
    },

    async flaky() {
        // About one in three is sent away: that is what it is for.
        const persist = async () => {
            for (;;)
                try {
                    return await connect();
                } catch (error) {
                    const data = old ? error : error.data;
                    assert.ok(data?.code === 503, error);
                }
        };
        await step('slow to open', async () => {
            const start = Date.now();
            (await persist()).close();
            assert.ok(Date.now() - start >= 790);
        });
        await step('refused by its query', async () => {
            await assert.rejects(connect('/', undefined, { query: { refuse: 1 } }));
        });
        await step('nobody gets into /never', async () => {
            let error;
            do // in socket.io 2 every socket hears that "/" was refused
                error = await refused('/never');
            while ((error.data ?? error).code === 503);
            assert.deepEqual(error, refusal('nobody gets in here'));
        }, 60000);
        await step('slow', async () => {
            const one = await persist();
            const start = Date.now();
            assert.deepEqual(await one.ask('slow', 5), ['sorry, that took three seconds', 5]);
            assert.ok(Date.now() - start >= 2990);
            one.close();
        }, 30000);
        for (const [event, reason] of [['kick me', 'io server disconnect'], ['close me', 'io server disconnect'],
            ['close engine', 'transport close'], ['cut the line', 'transport (close|error)']])
            await step(event, async () => {
                const one = await persist();
                one.emit(event);
                assert.match((await one.gone)[0], new RegExp(`^${reason}$`));
                one.close();
            }, 30000);
        await step('cut it later', async () => {
            const one = await persist();
            assert.deepEqual(await one.ask('cut it later', 300), ['wait for it']);
            assert.match((await one.gone)[0], /^transport (close|error)$/);
        }, 30000);
    },

    async page() {
        const one = await connect();
        await step('what the page expects', async () => {
            assert.deepEqual(await one.hear('message'), [{ hello: 'world' }]);
            one.emit('socketio-client', 'a', { b: 1 });
            assert.deepEqual(await one.hear('socketio-client'), ['a', { b: 1 }]);
            assert.deepEqual(await one.ask('socketio-client-ack', 1, 2), [1, 2]);
        });
        one.close();
    },

    async engine() {
        const open = () => {
            const options = { transports: values.transport, upgrade: false };
            const socket = old ? require('engine.io-client-3')(url, options) : new (require('engine.io-client').Socket)(url, options);
            return { socket, first: once(socket, 'message'), opened: once(socket, 'open'), closed: once(socket, 'close') };
        };
        const one = open();
        await step('who it is', async () => {
            await one.opened;
            assert.deepEqual(await one.first, [`${one.socket.id} over ${values.transport[0]}`]);
        });
        const echo = async message => {
            const back = once(one.socket, 'message');
            one.socket.send(message);
            return (await back)[0];
        };
        await step('echo', async () => assert.equal(await echo('grüße'), 'grüße'));
        await step('octets', async () => assert.deepEqual(octets(await echo(Buffer.from([0, 255]))), [0, 255]));
        await step('later', async () => {
            const start = Date.now();
            assert.equal(await echo('later on'), 'later on');
            assert.ok(Date.now() - start >= 990);
        });
        await step('close', async () => {
            one.socket.send('close');
            await one.closed;
        });
        await step('cut', async () => {
            const two = open();
            await two.first;
            two.socket.send('cut');
            await two.closed;
        });
    },

    async websocket() {
        const { WebSocket } = await import('ws');
        const open = async () => {
            const ws = new WebSocket(url.replace('http', 'ws') + 'any');
            const heard = [];
            ws.on('message', (data, binary) => heard.push(binary ? octets(data) : String(data)));
            await once(ws, 'open');
            const next = async () => {
                while (heard.length === 0)
                    await sleep(5);
                return heard.shift();
            };
            return { ws, next, closed: once(ws, 'close') };
        };
        const one = await open();
        const say = message => { one.ws.send(message); return one.next(); };
        await step('hello', async () => assert.equal(JSON.parse(await one.next()).type, 'hello'));
        await step('ping', async () => assert.equal(await say('ping'), 'pong'));
        await step('echo', async () => assert.equal(await say('grüße'), 'grüße'));
        await step('octets', async () => assert.deepEqual(await say(Buffer.from([0, 255])), [0, 255]));
        await step('JSON', async () => {
            const { type, n, heard } = JSON.parse(await say('{"type":"a"}'));
            assert.ok(type === 'a' && n >= 1 && heard !== undefined);
        });
        await step('count', async () => {
            const seen = [await say('count')];
            while (seen.length < 10)
                seen.push(await one.next());
            assert.deepEqual(seen, [...'0123456789']);
        });
        await step('bye', async () => {
            one.ws.send('bye');
            const [code, reason] = await one.closed;
            assert.deepEqual([code, String(reason)], [1000, 'as you wish']);
        });
        await step('cut', async () => {
            const two = await open();
            await two.next();
            two.ws.send('cut');
            assert.equal((await two.closed)[0], 1006);
        });
    },

    // For test-rules.py, which edits the file meanwhile: says what it hears.
    async watch() {
        const one = await connect();
        console.log(JSON.stringify({ ready: one.socket.id }));
        await step('the first rules', async () => assert.deepEqual(await one.ask('q'), ['first']));
        console.log(JSON.stringify({ asked: 1 }));
        await step('the second, without a disconnect', async () => {
            for (let answer = 'first'; answer === 'first'; await sleep(50))
                [answer] = await one.ask('q');
            assert.deepEqual(await one.ask('q'), ['second']);
        }, 20000);
        console.log(JSON.stringify({ asked: 2 }));
        await step('nobody listens', async () => {
            one.emit('nobody', 1);
            assert.deepEqual(await one.ask('q'), ['second']);
        });
        one.close();
    },
};

await examples[example]();
finish();
