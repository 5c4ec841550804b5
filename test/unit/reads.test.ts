import { expect, test } from 'vitest';
import { ColumnSet } from '../../src/tracking/column-set.js';
import { Reads } from '../../src/tracking/reads.js';

test('what is looked at under one tag comes together, in whatever order it is looked at', () => {
  const reads = new Reads();
  reads.depend('Agent:1', ['name', 'id']);
  reads.depend('Agent', ['*']);
  reads.depend('Agent:1', ['category', 'name']);
  expect(reads.dependencies()).toEqual([
    { tag: 'Agent:1', columns: ['category', 'id', 'name'] },
    { tag: 'Agent', columns: ['*'] },
  ]);
});

test('equal columns are one list in memory, however they were gathered', () => {
  const reads = new Reads();
  reads.depend('Agent:1', ['name', 'id']);
  reads.depend('Agent:2', ['id']);
  reads.depend('Agent:2', ['name']);
  const [first, second] = reads.dependencies();
  expect(first!.columns).toBe(second!.columns);
});

test('the first reason for a refusal and for privacy is the one that is told', () => {
  const reads = new Reads();
  expect([reads.refusal, reads.privateReason]).toEqual([null, null]);
  for (const reason of ['first', 'second']) {
    reads.refuse(reason);
    reads.taint(`${reason} look`);
  }
  expect([reads.refusal, reads.privateReason]).toEqual(['first', 'first look']);
});

test('more combinations of columns than are remembered are told right, and shared again', () => {
  for (let column = 0; column < 10_100; column += 1) ColumnSet.of([`a${column}`, 'z']);
  expect(ColumnSet.of(['zz', 'a1', 'm', 'a1']).columns).toEqual(['a1', 'm', 'zz']);
  expect(ColumnSet.of(['m', 'zz'])).toBe(ColumnSet.of(['zz', 'm']));
});
