import { expect, test } from 'vitest';
import { createRequest, decode, encode } from './wire.js';

const message = createRequest('session', 'execute_request', { code: '1 + 1' }, { cellId: 'sum' });

test('a message is the same after it has travelled, with routing frames in front too', () => {
  const frames = encode('key', message).map((frame) => Buffer.from(frame));
  expect(decode('key', frames)).toEqual(message);
  expect(decode('key', [Buffer.from('identity'), ...frames])).toEqual(message);
});

test('a message of another key is not trusted', () => {
  const frames = encode('key', message).map((frame) => Buffer.from(frame));
  expect(() => decode('other', frames)).toThrow('its signature does not fit');
});

test('frames that are no message are refused', () => {
  expect(() => decode('key', [Buffer.from('x')])).toThrow('Cannot read a message of 1 frames');
});
