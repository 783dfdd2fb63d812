// An admin and those it watches, the same on each server that has the admin namespace.
//   node admin-scenario.mjs URL [--client 3|4] [--transport polling|websocket] [--msgpack] [--look]
// Printed once it is over: {"told": {STEP: [EVENT, …]}, "stats": {…}}, with names for what is never the same twice.
// With --look the admin gives no orders that are obeyed: it is told of nothing but what the others do.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { assert, finish, once, step } from './tap.mjs';

const { values: v, positionals: [url] } = parseArgs({
    allowPositionals: true,
    options: {
        client: { type: 'string', default: '4' }, transport: { type: 'string' },
        msgpack: { type: 'boolean' }, look: { type: 'boolean' },
    },
});
const require = createRequire(import.meta.url);
const { io } = require(v.client === '4' ? 'socket.io-client' : 'socket.io-client-3');
const parser = v.msgpack ? { parser: require('socket.io-msgpack-parser') } : {};
const options = { ...parser, forceNew: true, reconnection: false };
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const names = new Map(), told = {}, clients = {}, heard = [];
let present = 'login', news = 0, stats = [];

const isTime = value => value instanceof Date || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);

function plain(value, key) {
    if (names.has(value))
        return names.get(value);
    if (Buffer.isBuffer(value) || value instanceof Uint8Array)
        return { octets: [...value] };
    if (isTime(value))
        return Boolean(v.msgpack) === (value instanceof Date) ? '<time>' : '<time of another kind>';
    if (/^[0-9a-f]{16}$/.test(value))
        return '<session>';
    if (key === 'clientId')
        return `<${value.length} letters>`;
    if (key === 'headers')
        return Object.keys(value).filter(name => !/^(origin|cookie|referer)$/.test(name)).sort();
    if (key === 'issued')
        return `<${typeof value}>`;
    if (key === 'address')
        return `<${typeof value}>`;
    if (key === 'time')
        return String(value).replace(/\d+/g, '0').replace(/^\w+ \w+/, 'Day Month');
    if (key === 't')
        return `<${typeof value}>`;
    if (key === 'url')
        return value.replace(/([?&]t)=[^&]*/, '$1');
    if (Array.isArray(value))
        return value.map(element => plain(element));
    if (value && typeof value === 'object')
        return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member, name)]));
    return value;
}

function hear(event, args) {
    if (event === 'server_stats') {
        stats.push(args[0]);
        return;
    }
    news = Date.now();
    (told[present] ??= []).push([event, ...args]);
}

// Until nothing has come for a while; variables are told of within half a second.
async function quiet() {
    news = Date.now();
    while (Date.now() - news < 1000)
        await sleep(50);
}

const during = (name, body) => step(name, async () => {
    present = name;
    await body();
    await quiet();
}, 20000);

async function come(name, nsp = '/', transports = undefined) {
    const socket = clients[name] = io(new URL(nsp, url).href, { ...options, ...transports && { transports }, auth: { name } });
    socket.onAny((event, ...args) => heard.push([name, event, ...args]));
    await once(socket, 'connect');
    names.set(socket.id, `<${name}>`);
}

async function login(auth) {
    const socket = io(new URL('/admin', url).href, { ...options, ...v.transport && { transports: [v.transport] }, auth });
    socket.onAny((event, ...args) => hear(event, args));
    const failed = once(socket, 'connect_error').then(([error]) => { throw error; });
    await Promise.race([once(socket, 'connect'), failed]);
    return socket;
}

let admin;
const order = (...words) => admin.emit(...words);

async function refusals() {
    for (const auth of [{}, { username: 'admin', password: 'no' }, { username: 'no', password: 'changeit' }, { sessionId: 'no' }])
        await assert.rejects(login(auth), { message: 'invalid credentials' });
}

async function visits() {
    await during('login', async () => {
        admin = await login({ username: 'admin', password: 'changeit' });
        names.set(admin.id, '<admin>');
    });
    await during('ann comes', () => come('ann'));
    await during('ann enters', () => clients.ann.emit('enter', 'tea'));
    await during('ann sends binary', () => clients.ann.emit('binary', Buffer.from([1, 2, 3]), 'ü', null));
    await during('bob comes', () => come('bob', '/', ['websocket']));
    await during('bob enters', () => clients.bob.emit('enter', 'tea'));
    await during('all but bob', () => clients.bob.emit('except', 'tea', clients.bob.id));
    await during('cat comes', () => come('cat', '/dynamic-7', ['websocket']));
}

async function orders() {
    await during('emit to a room', () => order('emit', '/', 'tea', 'to-room', { x: 1.5 }, [null, true]));
    await during('emit to all', () => order('emit', '/', null, 'to-all'));
    await during('emit to nobody in particular', () => order('emit', '/', '', 'to-all'));
    await during('emit to some', () => order('emit', '/', [clients.ann.id, 'nope'], 'to-some', Buffer.from([9])));
    await during('join one', () => order('join', '/', 'vip', clients.ann.id));
    await during('join all', () => order('join', '/', 'vip'));
    await during('join all of a room', () => order('join', '/', 'den', 'tea'));
    await during('leave one', () => order('leave', '/', 'vip', clients.bob.id));
    await during('leave all', () => order('leave', '/', 'vip'));
    await during('disconnect one', () => order('_disconnect', '/', false, clients.ann.id));
    await during('disconnect a namespace', () => order('_disconnect', '/dynamic-7', true));
}

function check() {
    const got = name => heard.filter(([who]) => who === name).map(([, event, ...args]) => plain([event, ...args]));
    if (v.look)
        assert.deepEqual(got('cat'), []);
    else
        assert.deepEqual(got('ann'), [['back', { octets: [1, 2, 3] }], ['told', 'tea'], ['to-room', { x: 1.5 }, [null, true]],
            ['to-all'], ['to-all'], ['to-some', { octets: [9] }]]);
    assert.equal(clients.ann.connected, v.look === true);
    assert.ok(stats.length > 2, 'statistics');
}

// Whom it is about, of those that are told of many sockets in a row: who comes first is nobody's affair.
const who = ([name, , second, third]) => name.startsWith('event_') ? second : name.startsWith('room_') ? third : '';

// What is told more than once, or at any time, comes last, and its last word counts.
function tidy(events) {
    const updates = {}, others = [];
    for (const event of events)
        if (event[0] === 'socket_updated')
            updates[Object.keys(event[1]).join()] = event;
        else
            others.push(event);
    for (let start = 0, end; start < others.length; start = end) {
        for (end = start; end < others.length && others[end][0] === others[start][0]; end++);
        others.splice(start, end - start, ...others.slice(start, end).sort((a, b) => who(a).localeCompare(who(b))));
    }
    return [...others, ...Object.keys(updates).sort().map(key => updates[key])];
}

function count() {
    const last = stats.at(-1), events = stats.flatMap(s => s.aggregatedEvents);
    const kinds = new Set(events.map(e => [e.type, e.subType].filter(Boolean).join()));
    for (const e of events)
        assert.ok(e.timestamp % 1000 === 0 && e.count > 0, JSON.stringify(e));
    return {
        members: Object.fromEntries(Object.entries(last).map(([key, value]) => [key, typeof value])),
        clients: [last.clientsCount, last.pollingClientsCount],
        kinds: [...kinds].sort(),
        namespaces: last.namespaces.filter(n => n.socketsCount || n.name === '/').sort((a, b) => a.name < b.name ? -1 : 1),
    };
}

await step('who is refused', refusals);
await visits();
await orders();
await during('bob goes', () => clients.bob.disconnect());
await step('statistics', () => sleep(4200));
await step('what was heard', async () => check());
const seen = Object.fromEntries(Object.entries(told).map(([name, events]) => [name, tidy(plain(events))]));
console.log(JSON.stringify({ told: seen, stats: count() }));
finish();
