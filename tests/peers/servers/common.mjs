// What every server here shares: flags, one line of JSON when it listens, and an end with its parent.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

export function say(line) {
    process.stdout.write(JSON.stringify(line) + '\n');
}

export function flags(options) {
    return parseArgs({ options, allowPositionals: true });
}

// One flag for each word: those that end in "=" take a value.
export function words(text) {
    const options = {};
    for (const word of text.split(/\s+/).filter(Boolean))
        options[word.replace('=', '')] = { type: word.endsWith('=') ? 'string' : 'boolean' };
    return options;
}

// A closed standard input is the sign to stop, so that a killed test leaves no server behind.
// Until then each line of it is a command, an object of JSON: `commands` has a function for each of its keys.
export function endWithParent(commands = {}, atEnd = () => {}) {
    const stop = () => { atEnd(); process.exit(0); };
    process.stdin.on('error', stop);
    process.on('SIGTERM', stop);
    createInterface({ input: process.stdin }).on('close', stop).on('line', line => {
        for (const [name, value] of Object.entries(JSON.parse(line)))
            commands[name]?.(value);
    });
}

// With `client-ca` a client without a certificate of that authority is turned away.
export function webServer({ cert, key, 'client-ca': ca }) {
    if (!cert)
        return http.createServer();
    const tls = { cert: readFileSync(cert), key: readFileSync(key) };
    return https.createServer(ca ? { ...tls, ca: readFileSync(ca), requestCert: true } : tls);
}

export function listen(server, commands = {}) {
    endWithParent(commands);
    server.listen(0, '127.0.0.1', () => say({ listening: server.address().port, pid: process.pid }));
}
