// What each row of bad-polling.mjs does instead of what is right. A hook has the turn {session, n, body, headers,
// query, url, socket} and returns bytes; or {bytes, end: 'fin'|'rst', flood, drip}; or null, which is silence; or
// undefined: then all is right. `open`, `poll`, `post` answer that request; `reply` makes all the right answers;
// `upgrade` has `head` (instead of 101), `probe` and `done` (at 2probe and 5); `gate` refuses with code 1 where it is
// true; `facts` go into the open packet.
import { gzipSync } from 'node:zlib';
import { MIB, accept, frame, gzipBomb, hex, http, openPacket, upgrade } from './raw.mjs';

const CHUNKED = { length: null, head: 'Transfer-Encoding: chunked\r\n' };
const LAST = '0\r\n\r\n';
const GZIP = 'Content-Encoding: gzip\r\n';
const HTML = ['<!doctype html><title>Welcome</title><h1>It works</h1>', { type: 'text/html' }];
const UNKNOWN = ['{"code":1,"message":"Session ID unknown"}', { status: 400, type: 'application/json' }];
const OPEN = openPacket();
const text = string => Buffer.from(string);
const chunk = (data, extension = '') => `${Buffer.byteLength(data).toString(16)}${extension}\r\n${data}\r\n`;
const head = (extra, how) => http('', { length: null, head: extra, ...how });

// After the answer to CONNECT.
const second = result => ({ poll: ({ n }) => n < 2 ? undefined : typeof result === 'function' ? result(n) : result });
const opened = (result, facts) => ({ open: () => typeof result === 'function' ? result() : result, facts });
const status = (code, extra = '') => opened(http(`${code}\n`, { status: code, head: extra }));
const lasting = cookies => ({ head: cookies.map(cookie => `Set-Cookie: ${cookie}\r\n`).join('') });

const opens = {
    'open-html': opened(http(...HTML)),
    'open-empty': opened(http('')),
    'open-half-json': opened(http('0{"sid":"abc","upgrad')),
    'open-not-open': opened(http('4hello')),
    'open-twice': opened(http(OPEN + '\x1e' + OPEN)),
    'open-then-close': opened(http(OPEN + '\x1e1')),
    'open-revision-3': opened(http(`${OPEN.length}:${OPEN}2:40`)),
    'open-unsupported': opened(http('{"code":5,"message":"Unsupported protocol version"}', { status: 400 })),
    'open-sid-strange': { facts: { sid: 'a b&c=d#e/../?%\r\nX-Injected: 1' } },
    'open-sid-empty': { facts: { sid: '' } },
    'open-sid-number': { facts: { sid: 12 } },
    'open-sid-missing': { facts: { sid: undefined } },
    'open-sid-long': opened(http(openPacket({ sid: 'x'.repeat(MIB) }))),
    'open-interval-zero': { facts: { pingInterval: 0, pingTimeout: 0 } },
    'open-interval-negative': { facts: { pingInterval: -1, pingTimeout: -1 } },
    'open-interval-huge': { facts: { pingInterval: 1e300, pingTimeout: 1e300 } },
    'open-max-payload-tiny': { facts: { maxPayload: 5 } },
    'open-max-payload-zero': { facts: { maxPayload: 0 } },
    'open-max-payload-negative': { facts: { maxPayload: -1 } },
    'open-upgrades-strange': { facts: { upgrades: ['webtransport', ' websocket', 5, null, {}] } },
    'open-silent': opened(null),
    'open-closed': opened({ end: 'fin' }),
    'open-reset': opened({ end: 'rst' }),
    'open-half-head': opened({ bytes: text('HTTP/1.1 200 OK\r\nContent-Le'), end: 'fin' }),
    'open-not-http': opened({ bytes: text('220 mail.example ESMTP ready\r\n'), end: 'fin' }),
    'open-endless-head': opened({ bytes: head('').subarray(0, -2), flood: 'X-More: of the same\r\n'.repeat(50) }),
    'open-endless-body': opened({ bytes: head(CHUNKED.head), flood: `400\r\n${' '.repeat(1024)}\r\n` }),
    'open-endless-body-until-closed': opened({ bytes: head('Connection: close\r\n'), flood: ' '.repeat(1024) }),
    'open-endless-length': opened({ bytes: head('Content-Length: 4611686018427387904\r\n'), flood: ' '.repeat(1024) }),
    'open-endless-extension': opened({ bytes: http('5;', CHUNKED), flood: 'x'.repeat(1024) }),
    'open-endless-trailer': opened({ bytes: http('0\r\n', CHUNKED), flood: 'X-T: y\r\n' }),
    'open-chunk-cut': opened({ bytes: http('40\r\n0{"sid":"ab', CHUNKED), end: 'fin' }),
    'open-chunk-bad-size': opened({ bytes: http(`zz\r\n${OPEN}\r\n${LAST}`, CHUNKED) }),
    'open-chunk-huge': opened({ bytes: http(`ffffffffffffffff\r\n${OPEN}`, CHUNKED) }),
    'open-chunk-no-end-line': opened({ bytes: http(`5\r\n0{"siXX`, CHUNKED) }),
    'open-length-too-long': opened({ bytes: http(OPEN, { length: 500 }), end: 'fin' }),
    'open-length-too-short': opened({ bytes: http(OPEN, { length: 20 }) }),
    'open-length-garbage': opened(http(OPEN, { length: 'twelve' })),
    'open-length-negative': opened(http(OPEN, { length: -5 })),
    'open-length-twice': opened(http(OPEN, { head: 'Content-Length: 7\r\n' })),
    'open-length-and-chunks': opened(http(chunk(OPEN) + LAST, { ...CHUNKED, length: 3 })),
    'open-gzip-bomb': opened(() => http(gzipBomb(), { head: GZIP })),
    'open-gzip-garbage': opened(http('this is not gzip', { head: GZIP })),
    'open-gzip-cut': opened(http(gzipSync(OPEN).subarray(0, 40), { head: GZIP })),
    'open-unknown-coding': opened(http(OPEN, { head: 'Content-Encoding: br\r\n' })),
    'open-101': opened(text('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')),
    'open-204': opened(http('', { status: 204, length: null, type: '' })),
    'open-304': opened(http('', { status: 304, length: null, type: '' })),
    'open-401': status(401, 'WWW-Authenticate: Basic realm="staff"\r\n'),
    'open-403': status(403),
    'open-404': status(404),
    'open-426': status(426, 'Upgrade: websocket\r\n'),
    'open-500': status(500),
    'open-503': status(503, 'Retry-After: 120\r\n'),
};

// To where, and what the first request of the second round gets: the right answer unless it says otherwise.
const to = (where, code = 307) => ({
    open: turn => turn.query.has('again') ? undefined
        : http('', { status: code, head: where(turn) === undefined ? '' : `Location: ${where(turn)}\r\n` }),
});
const onward = host => ({ url }) => `${host}${url}&again=1`;
const redirects = {
    'redirect-loop': to(({ url }) => url),
    'redirect-endless': to(({ url }) => `${url}&more`),
    'redirect-host': to(turn => onward(`http://localhost:${turn.socket.localPort}`)(turn)),
    'redirect-scheme': to(turn => onward(`https://127.0.0.1:${turn.socket.localPort}`)(turn)),
    'redirect-ws': to(turn => onward(`ws://127.0.0.1:${turn.socket.localPort}`)(turn)),
    'redirect-file': to(() => 'file:///etc/hostname'),
    'redirect-script': to(() => 'javascript:alert(1)'),
    'redirect-nowhere': to(() => undefined),
    'redirect-bad': to(() => 'http://[::'),
    'redirect-closed-port': to(() => 'http://127.0.0.1:1/'),
    'redirect-301': to(onward(''), 301), 'redirect-302': to(onward(''), 302), 'redirect-303': to(onward(''), 303),
    'redirect-307': to(onward('')), 'redirect-308': to(onward(''), 308),
    'redirect-post': { post: ({ query, url }) => query.has('again') ? undefined
        : http('', { status: 307, head: `Location: ${url}&again=1\r\n` }) },
    'redirect-post-to-get': { post: ({ url }) => http('', { status: 302, head: `Location: ${url}&again=1\r\n` }) },
};

const events = Array.from({ length: 5000 }, (_, n) => `42["n",${n}]`).join('\x1e');
const once = body => n => n === 2 ? http(body) : undefined;
const polls = {
    'poll-unknown-session': second(http(...UNKNOWN)),
    'poll-errors-now-and-then': second(n => n % 3 ? undefined : http('', { status: [500, 502, 504][n / 3 % 3] })),
    'poll-502': second(http(HTML[0], { status: 502, type: 'text/html' })),
    'poll-html': second(http(...HTML)),
    'poll-silent': second(null),
    'poll-closed': second({ end: 'fin' }),
    'poll-reset': second({ end: 'rst' }),
    'poll-half': second({ bytes: http('42["a",', { length: 100 }), end: 'fin' }),
    'poll-empty-storm': second(http('')),
    'poll-noop-storm': second(http('6')),
    'poll-ping-storm': second(http('2')),
    'poll-noops': second(once('6' + '\x1e6'.repeat(5000))),
    'poll-pings': second(once('2' + '\x1e2'.repeat(5000))),
    'poll-5000-packets': second(once(events)),
    'poll-unknown-types': second(once('7what\x1e9\x1ex')),
    'poll-bad-separators': second(once('\x1e\x1e42["a"]\x1e\x1e42["b"]\x1e')),
    'poll-separators-only': second(once('\x1e'.repeat(100000))),
    'poll-bad-base64': second(once('b####\x1eb=\x1eb')),
    'poll-stray-binary': second(once('bAQID')),
    'poll-bad-utf8': second(once(hex('34 32 5b 22 ff fe 22 5d'))),
    'poll-revision-3': second(once('6:4hello')),
    'poll-open-again': second(once(OPEN)),
    'poll-close': second(once('1')),
    'poll-upgrade': second(once('5\x1e3probe\x1e3')),
    'poll-large': second(once(`42["large","${'x'.repeat(30 * MIB)}"]`)),
    'poll-endless': second({ bytes: head(CHUNKED.head), flood: '400\r\n' + 'x'.repeat(1024) + '\r\n' }),
    'poll-gzip-bomb': second(() => http(gzipBomb(), { head: GZIP })),
    'poll-two-answers': second(n => n === 2 ? Buffer.concat([http('6'), http('42["unasked"]')]) : undefined),
};

const posted = result => ({ post: ({ n }) => n < 2 ? undefined : result });
const posts = {
    'post-silent': { post: () => null },
    'post-silent-later': posted(null),
    'post-closed': posted({ end: 'fin' }),
    'post-reset': posted({ end: 'rst' }),
    'post-400': posted(http(...UNKNOWN)),
    'post-413': posted(http(HTML[0], { status: 413, type: 'text/html' })),
    'post-500': posted(http('', { status: 500 })),
    'post-not-ok': posted(http('nope')),
    'post-204': posted(http('', { status: 204, length: null, type: '' })),
    'post-endless': posted({ bytes: head(CHUNKED.head), flood: '400\r\n' + 'x'.repeat(1024) + '\r\n' }),
};

// Names that a browser keeps are a, b, c, d, j, k, l, m, r and long; those that it may not send here: f g h i.
const COOKIES = [
    'a=1', 'b=2; Path=/', 'c="quoted; no"; Path=/', 'd=; Path=/', '=nameless', 'noequals', 'f=6; Max-Age=0',
    'e=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'g=7; Domain=example.com', 'h=8; Path=/elsewhere', 'i=9; Secure',
    'j=\xfc', 'k=a=b=c', 'a=2', 'l=1; Max-Age=99999999999999999999', 'm=1; Expires=garbage', '__Host-n=1', 'o=x\ty',
    ' p = spaced ; path=/', 'q=1;;;; ;Path=/;', 'r=1; SameSite=Nonsense', `long=${'x'.repeat(4000)}`, '', ';',
];
const cookies = {
    'cookies-strange': { reply: (body, how) => http(body, { ...how, ...lasting(COOKIES) }) },
    'cookies-control': { reply: (body, how) => http(body, { ...how, ...lasting(['a=\x01', 'b=\x00\x7f', 'c=1']) }) },
    'cookies-many': { reply: (body, how) => http(body, { ...how, ...lasting(Array.from({ length: 500 }, (_, i) =>
        `c${how.session.n.poll}-${i}=${'x'.repeat(100)}`)) }) },
    'cookies-needed': {
        reply: (body, how) => http(body, { ...how, ...lasting(['stick=yes; Path=/; HttpOnly']) }),
        gate: ({ headers }, what) => what !== 'open' && !/\bstick=yes\b/.test(headers.cookie),
    },
};

// All of these are right. Those who do not ask for gzip get none.
const ends = make => ({ reply: (body, how) => ({ bytes: make(body, how), end: 'fin' }) });
const zips = make => ({ reply: (body, how) => (/gzip/.test(how.headers['accept-encoding']) ? make : http)(body, how) });
const after = first => ({ reply: (body, how) => Buffer.concat([text(first), http(body, how)]) });
const mended = mend => ({ reply: (body, how) => text(mend(http(body, how).toString())) });
const letters = body => Array.from(body, letter => chunk(letter, ';x="y"')).join('');
const lines = {
    right: {},
    'each-closes': ends((body, how) => http(body, { ...how, head: 'Connection: close\r\n' })),
    'each-closes-unsaid': ends(http),
    'until-closed': ends((body, how) => http(body, { ...how, length: null })),
    'http-1.0': ends((body, how) => http(body, { ...how, version: '1.0' })),
    'http-1.0-kept': { reply: (body, how) =>
        http(body, { ...how, version: '1.0', head: 'Connection: keep-alive\r\n' }) },
    'idle-408': ends((body, how) => Buffer.concat([
        http(body, how), http('', { status: 408, head: 'Connection: close\r\n' })])),
    chunked: { reply: (body, how) => http(letters(body) + '00\r\nX-Trailer: 1\r\n\r\n', { ...how, ...CHUNKED }) },
    gzip: zips((body, how) => http(gzipSync(body), { ...how, head: GZIP })),
    'gzip-chunked': zips((body, how) => {
        const zipped = gzipSync(body), size = text(`${zipped.length.toString(16)}\r\n`);
        return http(Buffer.concat([size, zipped, text('\r\n' + LAST)]),
                    { ...how, ...CHUNKED, head: CHUNKED.head + GZIP });
    }),
    dripping: { reply: (body, how) => ({ bytes: http(body, how), drip: true }) },
    continued: after('HTTP/1.1 100 Continue\r\n\r\n'),
    'early-hints': after('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n'),
    untyped: { reply: (body, how) => http(body, { ...how, type: '' }) },
    'no-reason': mended(answer => answer.replace(/^(\S+ \d+) .*/, '$1 ')),
    'lower-case': mended(answer => answer.replace(/^[A-Z][-A-Za-z]+:/gm, name => name.toLowerCase())),
};

const ws = (packet, end) => ({ bytes: frame(0x81, packet), end });
const probed = result => ({ upgrade: { probe: () => result } });
const upgrades = {
    'upgrade-right': { upgrade: {} },
    'upgrade-refused': { upgrade: { head: () => http('{"code":3,"message":"Bad request"}', { status: 400 }) } },
    'upgrade-502': { upgrade: { head: () => http(HTML[0], { status: 502, type: 'text/html' }) } },
    'upgrade-200': { upgrade: { head: () => http(...HTML) } },
    'upgrade-never-answered': { upgrade: { head: () => null } },
    'upgrade-reset': { upgrade: { head: () => ({ end: 'rst' }) } },
    'upgrade-wrong-accept': { upgrade: { head: ({ key }) => upgrade(key, { token: accept('x') }) } },
    'upgrade-cut-after-101': { upgrade: { head: ({ key }) => ({ bytes: upgrade(key), end: 'fin' }) } },
    'upgrade-no-probe-answer': probed(null),
    'upgrade-wrong-probe': probed(ws('3wrong')),
    'upgrade-message-for-probe': probed(ws('42["early"]')),
    'upgrade-cut-at-probe': probed({ end: 'fin' }),
    'upgrade-close-at-probe': probed({ bytes: hex('88 02 03 e8'), end: 'fin' }),
    'upgrade-cut-after-probe': probed(ws('3probe', 'fin')),
    'upgrade-poll-held': probed(ws('3probe')),
    'upgrade-silent': { upgrade: { done: () => null } },
    'upgrade-cut-at-5': { upgrade: { done: () => ({ end: 'rst' }) } },
    'upgrade-both-send': { upgrade: {
        probe: ({ session, socket }) => {
            socket.write(Buffer.concat(['3probe', '42["from","websocket",1]'].map(packet => frame(0x81, packet))));
            session.probed = true;
            session.send('42["from","polling",1]', '6');
            return null;
        },
        done: ({ session }) => { session.queue.unshift('42["from","websocket",2]'); },
    } },
    'upgrade-polls-on': { upgrade: { done: ({ session }) => {
        session.send('42["from","polling",2]');
        return null;
    } } },
};

export const rows = { ...lines, ...cookies, ...opens, ...redirects, ...polls, ...posts, ...upgrades };
export const fine = [
    ...Object.keys(lines), 'cookies-strange', 'cookies-needed', 'open-sid-strange', 'open-max-payload-tiny',
    'open-upgrades-strange', 'redirect-host', 'redirect-301', 'redirect-302', 'redirect-303', 'redirect-307',
    'redirect-308', 'poll-noops', 'poll-5000-packets', 'poll-large', 'upgrade-right', 'upgrade-refused', 'upgrade-502',
    'upgrade-200', 'upgrade-never-answered', 'upgrade-reset', 'upgrade-no-probe-answer', 'upgrade-cut-after-101',
];
