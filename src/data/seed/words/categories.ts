/** The twelve categories, and what agents and templates in each are named after, do, and consist of. */
import { lines, list } from './table.js';

export interface CategoryWords {
  slug: string;
  name: string;
  /** An agent is `<subject> <role>`, a template `<rhythm> <subject> <outcome>`. */
  subjects: readonly string[];
  /** What an agent does, in one line. */
  deeds: readonly string[];
  /** The steps that templates are made of. */
  tasks: readonly string[];
}

const category = (slug: string, name: string, subjects: string, deeds: string, tasks: string): CategoryWords => ({
  slug,
  name,
  subjects: list(subjects),
  deeds: lines(deeds),
  tasks: list(tasks),
});

export const CATEGORIES: readonly CategoryWords[] = [
  category(
    'analytics',
    'Analytics',
    'Cohort, Dashboard, Funnel, Holder, Metric, Retention, Volume, Wallet',
    `Turns a question in plain words into a chart that answers it.
     Tells what moved this week, by how much, and what most likely moved it.
     Follows holders from the first mint to the last sale.
     Keeps one definition of every number, and says so when two disagree.`,
    'Choose the question, Collect the events, Clean what does not add up, Compare with last week, Draw the chart, Send the summary',
  ),
  category(
    'community',
    'Community',
    'Chat, Event, Member, Newcomer, Poll, Rally, Welcome, Townhall',
    `Greets newcomers, answers the first ten questions and knows when to call a person.
     Keeps the calendar of a community and reminds those who said they would come.
     Reads every channel and writes the five lines worth reading.
     Notices who has gone quiet, and suggests a kind word.`,
    'Read what is new, Answer what was asked before, Find who can help, Plan the next call, Thank those who came, Write the digest',
  ),
  category(
    'design',
    'Design',
    'Brand, Canvas, Color, Icon, Layout, Mockup, Palette, Poster',
    `Sketches ten layouts from one paragraph and explains each.
     Checks contrast, spacing and type on every screen of a release.
     Draws banners for every channel from one picture, without cutting heads off.
     Keeps a brand's colours in order, in code as on paper.`,
    'Collect examples, Agree on the palette, Sketch three directions, Review with the team, Export all sizes, File the sources',
  ),
  category(
    'development',
    'Development',
    'Bug, Code, Contract, Deploy, Migration, Release, Schema, Test',
    `Reads a bug report, writes the failing test and proposes the fix.
     Reviews contracts line by line before anybody pays gas for them.
     Writes release notes that users understand from commits that only developers do.
     Finds the query that made the page slow, and the index that mends it.`,
    'Reproduce the fault, Write the failing test, Make the change, Review the change, Release to a few, Release to all',
  ),
  category(
    'gaming',
    'Gaming',
    'Arena, Dungeon, Guildhall, Inventory, Loot, Quest, Raid, Tournament',
    `Plans raids around the time zones of a guild.
     Values an inventory across five games that share their items.
     Runs tournaments: brackets, reminders, results, and who was late.
     Invents quests that fit what a player carries.`,
    'Gather the party, Check the inventory, Draw the bracket, Open the lobby, Record the results, Hand out the prizes',
  ),
  category(
    'governance',
    'Governance',
    'Ballot, Charter, Council, Delegate, Motion, Proposal, Quorum, Treasury',
    `Sums up a proposal, who wants it, who does not, and what it would cost.
     Warns when a vote is about to miss its quorum.
     Compares what a delegate promised with how they voted.
     Explains where the treasury's money went, in one page.`,
    'Draft the proposal, Collect objections, Estimate the cost, Open the vote, Remind the delegates, Publish the result',
  ),
  category(
    'operations',
    'Operations',
    'Backlog, Handover, Invoice, Ledger, Meeting, Onboarding, Payroll, Schedule',
    `Takes minutes, and asks a week later what came of them.
     Matches invoices with transactions and flags what has no partner.
     Prepares the first week of whoever joins, account by account.
     Moves meetings until everybody can come, or tells which one nobody needs.`,
    'List what is open, Sort by urgency, Ask for what is missing, Book the time, Check what was done, Close the books',
  ),
  category(
    'research',
    'Research',
    'Archive, Citation, Interview, Paper, Patent, Source, Survey, Trend',
    `Reads papers and keeps the passages that matter, each with its page.
     Finds who said it first, and what became of the claim.
     Turns forty interviews into themes, without losing the quotes.
     Watches a topic and writes when something new is worth your time.`,
    'Frame the question, Search the sources, Read and mark, Check the claims, Write the brief, Ask a reviewer',
  ),
  category(
    'security',
    'Security',
    'Allowance, Audit, Exploit, Key, Phishing, Signature, Threat, Vault',
    `Explains what a signature would allow before it is given.
     Lists the allowances of a wallet and revokes the forgotten ones.
     Spots copies of your site within an hour of their registration.
     Walks through an incident step by step and writes down what happened when.`,
    'Take stock of the keys, Revoke old allowances, Simulate the transaction, Look for known patterns, Alert the signers, Write the report',
  ),
  category(
    'support',
    'Support',
    'Answer, Escalation, Feedback, Guide, Helpdesk, Inbox, Refund, Ticket',
    `Answers what the documentation answers, with a link, and passes on the rest.
     Groups tickets that are one fault, and tells all when it is mended.
     Reads between the lines and puts the angry ones first.
     Keeps the guide true to what the product does today.`,
    'Read the ticket, Look for known answers, Reproduce the problem, Draft the reply, Hand over to a person, Update the guide',
  ),
  category(
    'trading',
    'Trading',
    'Auction, Bid, Floor, Hedge, Listing, Market, Order, Spread',
    `Watches floors across six chains and says when one gives way.
     Lists tokens at prices that their traits deserve.
     Explains every fill: what was paid, what it cost, and what it beat.
     Keeps bids under a budget, and never chases.`,
    'Set the limits, Watch the market, Rank the listings, Place the bids, Log the fills, Review the week',
  ),
  category(
    'writing',
    'Writing',
    'Blog, Caption, Draft, Headline, Letter, Newsletter, Script, Story',
    `Turns notes into a first draft that sounds like you.
     Cuts a text by half and keeps what it says.
     Writes captions for a hundred tokens, each of them different.
     Finds the sentence that readers stumble over.`,
    'Collect the notes, Make an outline, Write the draft, Cut by a third, Check the facts, Publish and share',
  ),
];

export const ROLES = list(
  'Beacon, Clerk, Compass, Keeper, Lens, Mate, Pilot, Ranger, Relay, Scout, Sentry, Smith, Tutor, Weaver',
);

export const RHYTHMS = list(
  'Daily, Weekly, Monthly, Quarterly, Instant, Guided, Careful, Two-Person, Overnight, First',
);

export const OUTCOMES = list('Review, Digest, Launch, Check, Report, Handbook, Sprint, Watch, Playbook, Cleanup');

/** What follows the deed in an agent's description. */
export const HABITS = lines(`
  It works from what you connect and keeps nothing that it does not need.
  Every answer names its sources, and it says when it is not sure.
  Give it a goal and a limit; it asks before it goes beyond either.
  It learns from corrections, and shows what it learned.
  Set it up in five minutes, or let a template do it for you.
  It runs on a schedule or when you call, and reports in the channel of your choice.
  It hands over to a person as soon as a person would do better.`);

/** How a step is done; `%` is the agent or "somebody on the team". */
export const INSTRUCTIONS = lines(`
  Let % prepare this and look at the result before the next step.
  % does this alone; it takes a few minutes.
  Tell % what is different this time, then start.
  % works from the output of the step before.
  Give % an example of what you like.
  Skip this if nothing has changed since the last run; else % does it anew.`);
