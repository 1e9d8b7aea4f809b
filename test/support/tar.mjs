// Writes the few kinds of tar entries that the test support needs (ustar, names up to 100 bytes).

const block = 512;

function octal(value, width) {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function header({ name, mode, size = 0, type, link = '' }) {
  const buffer = Buffer.alloc(block);
  buffer.write(name, 0, 100);
  buffer.write(octal(mode, 8), 100);
  buffer.write(octal(0, 8), 108);
  buffer.write(octal(0, 8), 116);
  buffer.write(octal(size, 12), 124);
  buffer.write(octal(0, 12), 136);
  buffer.write('        ', 148);
  buffer.write(type, 156);
  buffer.write(link, 157, 100);
  buffer.write('ustar\x0000', 257, 'latin1');
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return buffer;
}

/** A tar of entries { name, mode, content } (file), { name, mode, folder: true } or { name, mode, link } (hard link). */
export function tar(entries) {
  const parts = [];
  for (const { name, mode, content, link } of entries) {
    const type = content !== undefined ? '0' : link !== undefined ? '1' : '5';
    parts.push(header({ name, mode, size: content?.length, type, link }));
    if (content) parts.push(content, Buffer.alloc((block - (content.length % block)) % block));
  }
  parts.push(Buffer.alloc(2 * block));
  return Buffer.concat(parts);
}
