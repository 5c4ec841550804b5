/** What people say: an opening and a detail for each mood. `%` is the agent's name. */
import { lines } from './table.js';

interface Mood {
  openings: readonly string[];
  details: readonly string[];
}

const happy: Mood = {
  openings: lines(`
    % has become part of our Mondays.
    Does one thing and does it well.
    I was doubtful; a week later the whole team uses it.
    Exactly what we were missing.
    Set up in minutes, useful the same day.
    Best in its category, and we tried most of them.
    % paid for itself within a month.
    Quietly excellent.`),
  details: lines(`
    The summaries are short and the sources are always there.
    It asks before it does anything that cannot be undone.
    Support answered within the hour.
    It saves each of us about three hours a week.
    The latest version is noticeably faster.
    Works well with the templates.
    I like that it says when it does not know.
    We run it in two workspaces now.`),
};

const mixed: Mood = {
  openings: lines(`
    Good, with rough edges.
    % is useful once you know its moods.
    Does what it says, not more.
    Fine for small teams.
    Half of it is great.
    It took a while to get it right.`),
  details: lines(`
    The setup could be explained better.
    It is slow in the morning, when everybody uses it.
    Sometimes it repeats itself.
    I would like to choose what it may read.
    Results vary with how you ask.
    We keep it for the reports and do the rest by hand.`),
};

const unhappy: Mood = {
  openings: lines(`
    Not for us.
    % promised more than it kept.
    I wanted to like it.
    Uninstalled after a week.
    Needs more work.`),
  details: lines(`
    It was confidently wrong twice in one day.
    Too many messages, and no way to turn them down.
    The free plan ends before you have seen anything.
    It forgot what it had been told.
    There are simpler ways to do this.`),
};

export const moodOf = (rating: number): Mood => (rating >= 4 ? happy : rating === 3 ? mixed : unhappy);
