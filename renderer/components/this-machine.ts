/** Whether a host (`localhost`, `127.0.0.1:8080`) is this machine itself: nobody stands between. */
export function isThisMachine(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i.test(host);
}
