// Debian's nginx before one or two servers, as whoever runs this, with all its files in a temporary folder.
//   node nginx.mjs VARIANT --backend PORT [--backend PORT]
//     --cert F --key F   TLS here, plain HTTP behind
//     --status N         of "redirect" (301, 302, 307 (as it is), 308)
//     --seconds N        of "impatient" (1)
// VARIANT:
//   right           HTTP/1.1 to the backend, Upgrade and Connection passed on: all works
//   no-upgrade      proxy_pass and no more, as most people begin: Upgrade is stripped, HTTP/1.0 behind; polling works
//   half-upgrade    Upgrade passed on, but "Connection: close" with it
//   round-robin     right, two backends in turn, no stickiness: the second request finds no session (400 code 1)
//   sticky-cookie   right, two backends by chance, and the cookie "route" keeps who sends it to the first one
//   sticky-ip       right, two backends, ip_hash
//   one-dead        right, in turn, the second backend asked without a second try: 502 if nothing listens there
//   sub-path        /app/… is /… behind; all else is a 404 page
//   redirect        /old/… is sent to /…; all else right
//   redirect-host   /old/… is sent to http://localhost:PORT/…, another origin; all else right
//   gzip            right, and every answer in gzip, so chunked; run the backend with --no-http-compression
//   unbuffered      right, proxy_buffering off, and "Connection: close" after each answer
//   impatient       right, but an answer that takes over a second is 504, and a silent WebSocket is cut
//   small-bodies    right, but a POST over 1 KiB is 413
//   auth            right, for user "ann", password "secret"; 401 else
//   page            an HTML page with 200 for whatever is asked
//   maintenance     503 and an HTML page
// Each answer has an X-Backend header where there is one behind. One process; its log is standard error.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { endWithParent, say } from './common.mjs';

const UPGRADE = `proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Host $http_host;`;
const RIGHT = `location / { ${UPGRADE} proxy_pass http://all; }`;
const PAGE = "default_type text/html; return $code '<!doctype html><title>Welcome</title><h1>It works</h1>';";
const page = code => `location / { ${PAGE.replace('$code', code)} }`;
const redirect = (status, where = '') =>
    `location ~ ^/old/(.*)$ { return ${status} ${where}/$1$is_args$args; } ${RIGHT}`;

const variants = {
    right: { places: RIGHT },
    'no-upgrade': { places: 'location / { proxy_pass http://all; }' },
    'half-upgrade': { places: RIGHT.replace('Connection $connection_upgrade', 'Connection close') },
    'round-robin': { places: RIGHT },
    'sticky-cookie': { places: RIGHT.replace('http://all', 'http://$route') +
        ' add_header Set-Cookie "route=$route; Path=/; HttpOnly; SameSite=Lax" always;' },
    'sticky-ip': { upstream: 'ip_hash;', places: RIGHT },
    'one-dead': { places: RIGHT + ' proxy_next_upstream off;', server: 'max_fails=0' },
    'sub-path': { places: `location /app/ { ${UPGRADE} proxy_pass http://all/; }` +
        " location / { default_type text/html; return 404 '<h1>404 Not Found</h1>'; }" },
    redirect: { places: ({ status }) => redirect(status) },
    'redirect-host': { places: ({ status }) => redirect(status, '$scheme://localhost:$server_port') },
    gzip: { places: RIGHT + ' gzip on; gzip_min_length 1; gzip_proxied any; gzip_types *; gzip_http_version 1.0;' },
    unbuffered: { places: RIGHT + ' proxy_buffering off; keepalive_timeout 0;' },
    impatient: { places: ({ seconds }) => `${RIGHT} proxy_read_timeout ${seconds}s;` },
    'small-bodies': { places: RIGHT + ' client_max_body_size 1k;' },
    auth: { places: RIGHT + ' auth_basic "staff"; auth_basic_user_file users;' },
    page: { places: page(200) },
    maintenance: { places: page(503) },
};

const { values: v, positionals: [name] } = parseArgs({
    allowPositionals: true,
    options: {
        backend: { type: 'string', multiple: true, default: [] }, cert: { type: 'string' }, key: { type: 'string' },
        status: { type: 'string', default: '307' }, seconds: { type: 'string', default: '1' },
    },
});
if (!Object.hasOwn(variants, name ?? '')) {
    console.error(`usage: nginx.mjs ${Object.keys(variants).join(' | ')} --backend PORT…`);
    process.exit(2);
}

function config(port) {
    const { upstream = '', server = '', places } = variants[name];
    const backends = v.backend.length ? v.backend : ['9'];
    const line = backend => `server 127.0.0.1:${backend} ${server};`;
    return `daemon off;
master_process off;
pid pid;
error_log stderr error;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    map $http_upgrade $connection_upgrade { default upgrade; '' close; }
    split_clients "$request_id" $chance { 50% first; * second; }
    map $cookie_route $route { first first; second second; default $chance; }
    upstream all { ${upstream} ${backends.map(line).join(' ')} }
    upstream first { ${line(backends[0])} }
    upstream second { ${line(backends.at(-1))} }
    server {
        listen 127.0.0.1:${port} ${v.cert ? 'ssl' : ''};
        ${v.cert ? `ssl_certificate "${path.resolve(v.cert)}"; ssl_certificate_key "${path.resolve(v.key)}";` : ''}
        add_header X-Backend $upstream_addr always;
        ${typeof places === 'function' ? places(v) : places}
    }
}
`;
}

function freePort() {
    return new Promise(resolve => {
        const server = net.createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

function listens(port) {
    return new Promise(resolve => {
        const line = net.connect(port, '127.0.0.1', () => { line.destroy(); resolve(true); });
        line.on('error', () => resolve(false));
    });
}

// Where it is for root only, it is not in everyone's PATH.
const command = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(existsSync) ?? 'nginx';
const dir = mkdtempSync(path.join(tmpdir(), 'sockeye-nginx-'));
writeFileSync(path.join(dir, 'users'), 'ann:{PLAIN}secret\n');
let child;
process.on('exit', () => {
    child?.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
});
endWithParent();

// Another may take the free port in between: then once more.
for (let attempt = 0; attempt < 5; attempt++) {
    const port = await freePort();
    const file = path.join(dir, 'nginx.conf');
    writeFileSync(file, config(port));
    child = spawn(command, ['-p', dir, '-e', 'stderr', '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', error => { console.error(error.message); process.exit(1); });
    while (child.exitCode === null && !await listens(port))
        await sleep(10);
    if (child.exitCode === null) {
        child.on('exit', () => process.exit(1));
        say({ listening: port, pid: process.pid, nginx: child.pid });
        break;
    }
}
