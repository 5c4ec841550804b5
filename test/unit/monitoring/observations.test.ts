import { expect, test } from 'vitest';
import { Observations } from '../../../src/monitoring/observation.js';

test('who begins to listen is told from then on, in the order in which they came, and of nothing else', () => {
  const observations = new Observations();
  const heard: string[] = [];
  const ear = (name: string) => () => void heard.push(name);
  const tell = (): string[] => {
    heard.length = 0;
    observations.emit('refused', { kind: 'shed' });
    return [...heard];
  };
  expect(tell()).toEqual([]);
  observations.on('refused', ear('one'));
  expect(tell()).toEqual(['one']);
  observations.on('refused', ear('two')).on('check', ear('three'));
  expect(tell()).toEqual(['one', 'two']);
});

test('a listener that throws is told of, and keeps nobody else from hearing', () => {
  const faults: unknown[] = [];
  const observations = new Observations((fault) => faults.push(fault));
  const fault = new Error('on purpose');
  let heard = 0;
  observations.on('refused', () => {
    throw fault;
  });
  observations.on('refused', () => (heard += 1));
  observations.emit('refused', { kind: 'shed' });
  expect([faults, heard]).toEqual([[fault], 1]);
});
