import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import path from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ApiDescription } from './api-description';
import { type RecordingServer, startRecordingServer } from './recording-server';

const description = {
  openapi: '3.0.3',
  paths: {
    '/things/{id}': {
      parameters: [{ $ref: '#/components/parameters/id' }],
      get: {
        parameters: [
          { name: 'state', in: 'query', schema: { type: 'string', enum: ['open', 'closed'] } },
          { name: 'page', in: 'query', required: true, schema: { type: 'integer' } },
          { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
        ],
      },
      post: {
        requestBody: {
          content: { 'application/json': { schema: { type: 'object', properties: { name: {} } } } },
        },
      },
    },
  },
  components: {
    parameters: { id: { name: 'id', in: 'path', required: true, schema: { type: 'integer' } } },
  },
};

let directory: string;
let server: RecordingServer;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'description-'));
  const file = path.join(directory, 'api.json');
  writeFileSync(file, JSON.stringify(description));
  server = await startRecordingServer({
    description: new ApiDescription(file),
    basePath: '/api',
    rewrite: ['https://api.example.com'],
    answers: [
      { path: '/things/1', json: { next: 'https://api.example.com/x' } },
      { path: '/things/1', query: { page: '2' }, json: { second: true } },
    ],
  });
});

afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

describe('the recording server', () => {
  it('answers valid requests, the most specific recording first', async () => {
    const get = async (query: string) => await (await fetch(`${server.origin}/api/things/1?${query}`)).json();
    expect(await get('page=1&tags=a,b')).toEqual({ next: `${server.origin}/x` });
    expect(await get('page=2&state=open&tags[]=a&tags[]=b')).toEqual({ second: true });
    expect(server.violations).toEqual([]);
  });

  it.each([
    ['GET', '/api/things/1?page=x', 'page'],
    ['GET', '/api/things/1', 'missing'],
    ['GET', '/api/things/1?page=1&other=1', 'unknown query parameter'],
    ['GET', '/api/things/1?page=1&state=merged', 'state'],
    ['GET', '/api/things/one?page=1', '{id}'],
    ['GET', '/api/nothing', 'no such operation'],
    ['DELETE', '/api/things/1', 'no such operation'],
    ['GET', '/things/1?page=1', 'outside'],
    ['POST', '/api/things/1', 'unknown body property'],
  ])('names what is wrong with %s %s', async (method, address, words) => {
    const answer = await fetch(`${server.origin}${address}`, {
      method,
      ...(method === 'POST' ? { body: '{"colour":1}' } : {}),
    });
    expect(answer.status).toBe(400);
    expect(server.violations.join()).toContain(words);
  });
});
