import { afterEach, describe, expect, it } from 'vitest';
import { daysLeft, endOf, expiryText, knownEnd, stageOf } from '../../shared/expiry';
import { anAccount } from '../fakes/account';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});
/** Time zones are the process's; Node reads the variable anew. */
const inZone = (name: string) => {
  process.env['TZ'] = name;
};

describe('the end of a token (row 0.16)', () => {
  const now = Date.UTC(2026, 10, 21, 12);

  it.each([
    ['2026-11-21', 'Expires today'],
    ['2026-11-22', 'Expires tomorrow'],
    ['2026-11-26', 'Expires in 5 days'],
    ['2026-11-26T23:00:00Z', 'Expires in 5 days'],
    ['2026-11-21T11:59:00Z', 'Expired today'],
    ['2026-11-20', 'Expired yesterday'],
    ['2026-11-18', 'Expired 3 days ago'],
  ])('%s is "%s"', (date, text) => {
    inZone('UTC');
    expect(expiryText(date, now)?.text).toBe(text);
  });

  it('says nothing about an unknown or unreadable date', () => {
    expect(expiryText(null, now)).toBeNull();
    expect(expiryText('soon', now)).toBeNull();
    expect(expiryText('2026-13-40', now)).toBeNull();
    expect(daysLeft('', now)).toBeNull();
  });

  it('a plain date works to the last millisecond of its day in UTC', () => {
    expect(endOf('2026-12-04')).toBe(Date.UTC(2026, 11, 5));
    expect(expiryText('2026-12-04', Date.UTC(2026, 11, 5) - 1)).toMatchObject({ expired: false, days: 0 });
    expect(expiryText('2026-12-04', Date.UTC(2026, 11, 5))?.expired).toBe(true);
  });

  // GitLab ends a token with the date 2026-12-05 at 00:00 UTC on it: the adapter tells 4 December.
  it.each([
    ['UTC', '2026-12-03T23:59:59Z', 'Expires tomorrow'],
    ['UTC', '2026-12-04T00:00:00Z', 'Expires today'],
    ['UTC', '2026-12-04T23:59:59Z', 'Expires today'],
    ['UTC', '2026-12-05T00:00:00Z', 'Expired yesterday'],
    // 00:30 of the 4th in Tokyo, still the 3rd in UTC.
    ['Asia/Tokyo', '2026-12-03T15:30:00Z', 'Expires today'],
    // 08:59 of the 5th in Tokyo: the day is over there, the token is not.
    ['Asia/Tokyo', '2026-12-04T23:59:00Z', 'Expires today'],
    ['Asia/Tokyo', '2026-12-05T00:00:00Z', 'Expired yesterday'],
    // 15:59 and 16:00 of the 4th in Los Angeles: the token ends in the afternoon.
    ['America/Los_Angeles', '2026-12-04T23:59:00Z', 'Expires today'],
    ['America/Los_Angeles', '2026-12-05T00:00:00Z', 'Expired today'],
    ['America/Los_Angeles', '2026-12-05T08:00:00Z', 'Expired yesterday'],
    // The clock was put back on 1 November 2026 in between.
    ['America/Los_Angeles', '2026-10-31T08:00:00Z', 'Expires in 34 days'],
    ['Pacific/Kiritimati', '2026-12-04T10:00:00Z', 'Expires today'],
  ])('in %s at %s the last usable day 2026-12-04 is "%s"', (place, at, text) => {
    inZone(place);
    expect(expiryText('2026-12-04', Date.parse(at))?.text).toBe(text);
  });

  it.each([
    ['UTC', '2026-12-04T21:59:00Z', 'Expires today'],
    ['Asia/Tokyo', '2026-12-04T13:00:00Z', 'Expires tomorrow'],
    ['America/Los_Angeles', '2026-12-04T21:59:00Z', 'Expires today'],
    ['America/Los_Angeles', '2026-12-04T22:00:00Z', 'Expired today'],
  ])('in %s at %s a moment of 22:00 UTC is "%s", as the clock on the wall has it', (place, at, text) => {
    inZone(place);
    expect(expiryText('2026-12-04T22:00:00Z', Date.parse(at))?.text).toBe(text);
  });

  it('says who told the date', () => {
    expect(knownEnd(anAccount())).toBeNull();
    expect(knownEnd(anAccount({ expiresOn: '2027-01-31', expirySource: 'user' }))?.source).toBe('user');
    expect(knownEnd(anAccount({ expiresOn: '2027-01-31', expirySource: 'provider' }))?.source).toBe(
      'provider',
    );
  });

  it('an all-organizations token of Azure DevOps ends on 2026-12-01 at the latest, whatever was entered (row 2.10)', () => {
    const global = { endsAtLatest: '2026-12-01', expirySource: 'user' as const };
    expect(knownEnd(anAccount({ ...global, expiresOn: '2027-06-30' }))).toMatchObject({
      on: '2026-12-01',
      source: 'policy',
    });
    expect(knownEnd(anAccount({ ...global, expiresOn: null, expirySource: 'none' }))).toMatchObject({
      on: '2026-12-01',
      source: 'policy',
    });
    expect(knownEnd(anAccount({ ...global, expiresOn: '2026-11-25' }))).toMatchObject({
      on: '2026-11-25',
      source: 'user',
    });
  });

  it('a date before today is over, not unknown (row 3.5)', () => {
    inZone('UTC');
    expect(expiryText('2026-11-28', Date.UTC(2026, 10, 21, 9))?.text).toBe('Expires in 7 days');
    expect(expiryText('2026-11-28', Date.UTC(2026, 10, 29))?.text).toBe('Expired yesterday');
  });
});

describe('what there is to tell about an account', () => {
  const on = '2026-12-31';
  const at = (days: number) => Date.UTC(2026, 11, 31 - days, 12);

  it.each([
    [31, null],
    [30, 'in-30'],
    [15, 'in-30'],
    [14, 'in-14'],
    [8, 'in-14'],
    [7, 'in-7'],
    [2, 'in-7'],
    [1, 'in-1'],
    [0, 'in-1'],
    [-1, 'expired'],
    [-400, 'expired'],
  ])('%i days before the end it is %s', (days, stage) => {
    inZone('UTC');
    expect(stageOf(anAccount({ expiresOn: on, state: { status: 'working' } }), at(days))).toBe(stage);
  });

  it('a refusal comes before every date, an unreachable server before none', () => {
    const error = { kind: 'token-refused', host: 'git.example.test' } as const;
    const refused = anAccount({ expiresOn: on, state: { status: 'refused', error } });
    expect(stageOf(refused, at(100))).toBe('refused');
    expect(stageOf(refused, at(-1))).toBe('refused');
    const away = { kind: 'host-unreachable', host: 'git.example.test', cause: 'dns' } as const;
    const unreachable = anAccount({ expiresOn: on, state: { status: 'unreachable', error: away } });
    expect(stageOf(unreachable, at(100))).toBeNull();
    expect(stageOf(unreachable, at(1))).toBe('in-1');
  });
});
