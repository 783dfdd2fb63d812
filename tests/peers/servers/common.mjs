// What every server here shares: flags, one line of JSON when it listens, and an end with its parent.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { parseArgs } from 'node:util';

export function say(line) {
    process.stdout.write(JSON.stringify(line) + '\n');
}

export function flags(options) {
    return parseArgs({ options, allowPositionals: true });
}

// A closed standard input is the sign to stop, so that a killed test leaves no server behind.
export function endWithParent() {
    process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();
    process.on('SIGTERM', () => process.exit(0));
}

export function webServer({ cert, key }) {
    return cert
        ? https.createServer({ cert: readFileSync(cert), key: readFileSync(key) })
        : http.createServer();
}

export function listen(server) {
    endWithParent();
    server.listen(0, '127.0.0.1', () => say({ listening: server.address().port, pid: process.pid }));
}
