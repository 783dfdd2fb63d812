// In a page that loaded a socket.io-client: goes through what a browser can do, and returns what went wrong.
// The server plays ../rules/behaviours.json.
'use strict';

const octets = async data => [...new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : data)];
const equal = (a, b) => {
    if (JSON.stringify(a) !== JSON.stringify(b))
        throw new Error(`${JSON.stringify(a)?.slice(0, 200)} is not ${JSON.stringify(b)?.slice(0, 200)}`);
};

function within(promise, what, ms = 10000) {
    return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`no ${what}`)), ms))]);
}

class Peer {
    constructor(url, options) {
        this.heard = [];
        this.socket = io(url, { forceNew: true, reconnection: false, ...options });
        const { onevent } = this.socket;
        const note = event => { this.heard.push(event); this.news?.(); };
        this.socket.onevent = function (packet) { note([...packet.data]); onevent.call(this, packet); };
        for (const name of ['connect', 'connect_error', 'error', 'disconnect'])
            this.socket.on(name, (...args) => note([name, ...args]));
    }

    hear(name) {
        return within((async () => {
            for (;;) {
                const at = this.heard.findIndex(event => event[0] === name);
                if (at >= 0)
                    return this.heard.splice(at, 1)[0].slice(1);
                await new Promise(resolve => { this.news = resolve; });
            }
        })(), name);
    }

    ask(...event) {
        return within(new Promise(resolve => this.socket.emit(...event, (...answer) => resolve(answer))), `ack of ${event[0]}`);
    }
}

async function talk(peer) {
    const { socket } = peer;
    const [id, , { bytes }] = await peer.hear('welcome');
    equal([id, await octets(bytes)], [socket.id, [0, 1, 2, 255]]);
    for (const args of [[null], [1.5, -7, true], ['grüße ☃ 🎉 \u2028'], [{ a: [{}, []] }], ['x'.repeat(70000)]]) {
        socket.emit('echo', ...args);
        equal(await peer.hear('echo'), args);
        equal(await peer.ask('ack', ...args), args);
    }
    const mebibyte = new Uint8Array(1 << 20).fill(7).buffer;
    const kinds = {
        buffer: new Uint8Array([1, 2, 3]).buffer, nothing: new ArrayBuffer(0),
        blob: new Blob([new Uint8Array([1, 2, 3])]), file: new File([new Uint8Array([1, 2, 3])], 'a.bin'), large: mebibyte,
    };
    if (socket.timeout) // older ones send all that the view looks at a part of
        kinds.view = new Uint8Array([0, 1, 2, 3]).subarray(1);
    for (const [name, data] of Object.entries(kinds)) {
        socket.emit('echo', { data }, name);
        const [{ data: back }, told] = await peer.hear('echo');
        equal([name, (await octets(back)).toString()], [told, (await octets(data)).toString()]);
        equal((await octets((await peer.ask('ack', data))[0])).length, (await octets(data)).length);
    }
    socket.on('question', (...args) => args.pop()('yes', kinds.blob));
    socket.emit('ask me', 5000);
    const [yes, blob] = await peer.hear('answered');
    equal([yes, await octets(blob)], ['yes', [1, 2, 3]]);
}

async function visit(url, options, { cookie = false } = {}) {
    const peer = new Peer(url, options);
    await peer.hear('connect');
    await talk(peer);
    for (let i = 0; i < 500 && peer.socket.io.engine.transport.name !== options.transports.at(-1); i++)
        await new Promise(resolve => setTimeout(resolve, 10));
    equal(peer.socket.io.engine.transport.name, options.transports.at(-1));
    equal(await peer.ask('ack', 'still'), ['still']);
    const [origin, cookies, mode] = await peer.ask('headers');
    equal(origin, location.origin);
    if (cookie)
        equal(/io=[\w-]{20}/.test(cookies), true);
    if (url.startsWith('https:') && options.transports[0] === 'polling') // nowhere else they are said
        equal(mode, 'cors');
    peer.socket.emit('kick');
    equal((await peer.hear('disconnect'))[0], 'io server disconnect');
    peer.socket.io.engine.close();

    const again = new Peer(url, { ...options, reconnection: true, reconnectionDelay: 20, randomizationFactor: 0 });
    const [before] = await again.hear('welcome');
    again.socket.emit('cut');
    if (!/^transport (close|error)$/.test((await again.hear('disconnect'))[0]))
        throw new Error('another reason');
    equal((await again.hear('welcome'))[0] === before, false);
    equal(await again.ask('ack', 'back'), ['back']);
    again.socket.disconnect();
}

// A header that is not everybody's makes the browser ask first.
async function withHeader(url, options, name) {
    const peer = new Peer(url, { ...options, ...name });
    equal((await peer.hear('connect')).length, 0);
    equal((await peer.ask('headers'))[3], 'yes');
    peer.socket.disconnect();
}

async function refused(url, options) {
    const [error] = await new Peer(url, options).hear('connect_error');
    return error.message;
}
