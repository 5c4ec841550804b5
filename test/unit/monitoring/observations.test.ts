import { expect, test } from 'vitest';
import { Observations } from '../../../src/monitoring/observation.js';

test('who begins to listen is told from then on, and who ends is not, however all of them are removed', () => {
  const observations = new Observations();
  const heard: string[] = [];
  const ear = (name: string) => () => void heard.push(name);
  const tell = (): string[] => {
    heard.length = 0;
    observations.emit('refused', { kind: 'shed' });
    return [...heard];
  };
  const [one, two] = [ear('one'), ear('two')];
  expect(tell()).toEqual([]);
  observations.on('refused', one);
  expect(tell()).toEqual(['one']);
  observations.on('refused', two).off('refused', one);
  expect(tell()).toEqual(['two']);
  observations.once('refused', one);
  expect(tell()).toEqual(['two', 'one']);
  expect(tell()).toEqual(['two']);
  observations.removeAllListeners('refused');
  expect(tell()).toEqual([]);
  observations.on('refused', one);
  observations.removeAllListeners();
  expect(tell()).toEqual([]);
  observations.on('refused', two);
  expect(tell()).toEqual(['two']);
  observations.on('refused', one);
  expect(tell()).toEqual(['two', 'one']);
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
  expect(observations.emit('refused', { kind: 'shed' })).toBe(true);
  expect([faults, heard]).toEqual([[fault], 1]);
});
