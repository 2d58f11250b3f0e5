/** The load process takes WebSocket frames apart however the bytes come. */
import { describe, expect, it } from 'vitest';
import { clientFrame, OPCODE, scanFrames } from '../../bench/generator/frames.ts';
import { markedText, readMark, readSeq } from '../../bench/generator/marks.ts';

function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const short = Buffer.from([0x81, payload.length]);
  const medium = Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]);
  const long = Buffer.concat([Buffer.from([0x81, 127]), Buffer.alloc(8)]);
  long.writeUInt32BE(payload.length, 6);
  return Buffer.concat([payload.length < 126 ? short : payload.length < 65_536 ? medium : long, payload]);
}

function textsIn(bytes: Buffer): { texts: string[]; used: number } {
  const texts: string[] = [];
  const frame = (_opcode: number, from: Buffer, { start, end }: { start: number; end: number }) =>
    void texts.push(from.toString('utf8', start, end));
  return { texts, used: scanFrames(bytes, bytes.length, { frame }) };
}

describe('frames of a server', () => {
  it('are found whatever their length', () => {
    const all = ['2', 'x'.repeat(125), 'y'.repeat(126), '가'.repeat(5_000), 'z'.repeat(70_000)];
    expect(textsIn(Buffer.concat(all.map(serverFrame))).texts).toEqual(all);
  });

  it('wait for their last byte', () => {
    const bytes = Buffer.concat([serverFrame('first'), serverFrame('second'.repeat(40))]);
    for (let end = 7; end < bytes.length; end++) {
      expect(textsIn(bytes.subarray(0, end))).toEqual({ texts: ['first'], used: 7 });
    }
  });

  it('hold the mark and the sequence number wherever they stand', () => {
    const places = { mark: 0, seq: 0 };
    for (const [seq, number] of [
      [1, 7],
      [9, 12_345_678],
      [10, 8],
      [123_456, 99],
    ] as const) {
      const bytes = Buffer.from(`..42["msg",{"roomId":"r","seq":${seq},"id":"x","text":"${markedText(number)}"}]`);
      const span = { start: 2, end: bytes.length };
      expect([readMark(bytes, span, places), readSeq(bytes, span, places)]).toEqual([number, seq]);
    }
  });

  it('have no mark where there is none, though one follows', () => {
    const bytes = Buffer.from(`42["room_stats",{"roomId":"r"}]${markedText(5)}`);
    expect(readMark(bytes, { start: 0, end: 31 }, { mark: 0, seq: 0 })).toBe(-1);
  });
});

describe('frames of the load process', () => {
  it('are masked with zero, so that their payload stands there as it is', () => {
    const frame = clientFrame(OPCODE.text, Buffer.from('hello'));
    expect([...frame.subarray(0, 6)]).toEqual([0x81, 0x85, 0, 0, 0, 0]);
    expect(frame.subarray(6).toString()).toBe('hello');
  });
});
