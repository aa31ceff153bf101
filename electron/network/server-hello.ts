import { Duplex } from 'node:stream';
import type net from 'node:net';

/** What the unencrypted part of a server's answer to a TLS greeting tells: RFC 5246 and RFC 8446. */
export interface ServerHello {
  /** The first bytes that came, as text where they are no TLS. Empty: it is TLS, or nothing came. */
  foreign: string;
  /** Wire version of the ServerHello (0x0301 is TLS 1.0), or null. */
  version: number | null;
  /** The server asked for a certificate of ours (seen up to TLS 1.2; later it is encrypted). */
  certificateRequested: boolean;
  /** Description of an unencrypted alert, or null: 40 handshake_failure, 70 protocol_version. */
  alert: number | null;
  bytes: number;
}

const record = { changeCipher: 20, alert: 21, handshake: 22, data: 23 };
const message = { serverHello: 2, certificateRequest: 13 };
/** Certificates of a long chain fit; what comes after is not looked at. */
const enough = 256 * 1024;

/** Passes everything on to the socket and back, and reads along what is not encrypted yet. */
export function listenIn(socket: net.Socket): { stream: Duplex; heard: ServerHello } {
  const heard: ServerHello = {
    foreign: '',
    version: null,
    certificateRequested: false,
    alert: null,
    bytes: 0,
  };
  let records = Buffer.alloc(0);
  let messages = Buffer.alloc(0);
  let listening = true;

  const readMessages = () => {
    while (messages.length >= 4) {
      const length = messages.readUIntBE(1, 3);
      if (messages[0] === message.serverHello && messages.length >= 6)
        heard.version = messages.readUInt16BE(4);
      if (messages[0] === message.certificateRequest) heard.certificateRequested = true;
      if (messages.length < 4 + length) return;
      messages = messages.subarray(4 + length);
    }
  };
  const readRecords = () => {
    while (listening && records.length >= 5) {
      const type = records[0] ?? 0;
      if (type < record.changeCipher || type > record.data) {
        if (heard.version === null) heard.foreign = records.subarray(0, 200).toString('latin1');
        listening = false;
        return;
      }
      const length = records.readUInt16BE(3);
      if (records.length < 5 + length) return;
      const content = records.subarray(5, 5 + length);
      records = records.subarray(5 + length);
      if (type === record.alert && length === 2) heard.alert = content[1] ?? null;
      if (type === record.changeCipher || type === record.data) listening = false;
      if (type === record.handshake) {
        messages = Buffer.concat([messages, content]);
        readMessages();
      }
    }
  };

  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.write(chunk, () => done()),
    final(done) {
      socket.end();
      done();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    heard.bytes += chunk.length;
    if (listening) {
      records = Buffer.concat([records, chunk]);
      readRecords();
      if (heard.bytes > enough) listening = false;
    }
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('end', () => stream.push(null));
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => stream.destroy());
  return { stream, heard };
}
