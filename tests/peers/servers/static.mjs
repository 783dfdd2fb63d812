// Files of a folder, with nothing of its own.
//   node static.mjs FOLDER [--cert FILE --key FILE]
// "admin-ui" is the built page of @socket.io/admin-ui.
import { createReadStream, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, normalize } from 'node:path';
import { flags, listen, webServer, words } from './common.mjs';

const { values: v, positionals: [folder] } = flags(words('cert= key='));
const require = createRequire(import.meta.url);
const top = folder === 'admin-ui' ? join(dirname(require.resolve('@socket.io/admin-ui')), '../ui/dist') : folder;
const types = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
    '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json',
};

const web = webServer(v);
web.on('request', (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = join(top, normalize(decodeURIComponent(pathname.endsWith('/') ? pathname + 'index.html' : pathname)));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
        response.writeHead(404).end();
        return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
});
listen(web);
