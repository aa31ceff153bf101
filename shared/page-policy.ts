/**
 * What the page may do, the same in both hosts. Mantine and the diff view set
 * style attributes, so inline styles are allowed; nothing else is inline.
 * Pictures of people come from the core as data: addresses. `connect` is the
 * core's own address where it is not covered by 'self' everywhere.
 */
export function contentSecurityPolicy(connect: string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Sent with every answer of either host. */
export function pageHeaders(connect: string[] = []): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(connect),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), display-capture=()',
  };
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  webp: 'image/webp',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
  txt: 'text/plain; charset=utf-8',
};

/** Null: a kind of file the page does not consist of; it is not served. */
export function contentType(path: string): string | null {
  return types[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? null;
}

/**
 * The file of the page a request names, relative and with forward slashes, or
 * null for anything that is not plainly inside: `..`, encoded separators,
 * backslashes, control characters, hidden files.
 */
export function pageFile(requestPath: string): string | null {
  const path = requestPath.split(/[?#]/, 1)[0] ?? '';
  if (path === '/' || path === '/index.html') return 'index.html';
  if (!/^(\/[A-Za-z0-9_~@-][A-Za-z0-9._~@+-]*)+$/.test(path)) return null;
  if (path.includes('..')) return null;
  return path.slice(1);
}

/** True for files whose name holds a hash of their content. */
export function isImmutable(file: string): boolean {
  return /^assets\/.*-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/.test(file);
}
