// The notation of ends that the CLI and every quick pick accept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endText, parseEnd } from '../../src/trace/endText';

const read: readonly (readonly [text: string, end: string | undefined, port?: number | string])[] = [
  ['shop/web-0', 'shop/web-0'],
  ['shop/web-0:8080', 'shop/web-0', 8080],
  ['shop/web-0/nginx', 'shop/web-0/nginx'],
  ['pod/shop/web-0', 'shop/web-0'],
  ['Deployment/shop/web', 'Deployment/shop/web'],
  ['deploy/shop/web:http', 'Deployment/shop/web', 'http'],
  ['svc/shop/db:5432', 'svc/shop/db', 5432],
  ['service/shop/db', 'svc/shop/db'],
  ['node/worker-1:9100', 'node/worker-1', 9100],
  ['10.244.1.2', '10.244.1.2'],
  ['10.244.1.2:80', '10.244.1.2', 80],
  ['fd00::1', 'fd00::1'],
  ['FD00:0:0::1', 'fd00::1'],
  ['[fd00::1]:443', 'fd00::1', 443],
  ['db.shop', 'db.shop'],
  ['db.shop.svc.cluster.local:5432', 'db.shop.svc.cluster.local', 5432],
  ['localhost', 'localhost'],
  ['10.244.1', undefined],
  ['', undefined],
  ['a//b', undefined],
  ['a/b/c/d', undefined],
  ['<img src=x>', undefined],
  ['10.244.1.2/24', '10.244.1.2/24'],
];

for (const [text, expected, port] of read) {
  test(`"${text}" is read as ${expected ?? 'nothing'}${port === undefined ? '' : ` port ${port}`}`, () => {
    const parsed = parseEnd(text);
    assert.equal(parsed && endText(parsed.end), expected);
    assert.equal(parsed?.port, port);
  });
}

test('what endText writes, parseEnd reads back', () => {
  for (const [text] of read) {
    const once = parseEnd(text);
    if (once !== undefined) assert.deepEqual(parseEnd(endText(once.end))?.end, once.end);
  }
});
