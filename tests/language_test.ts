import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);

/** Phrases that were retired, with the words to use instead. */
const phrases: Record<string, string> = {
  "for known": "acknowledges a replaced meter or a changed public key",
  "takes the exchange of a meter": "acknowledges the replacement of a meter",
  "exchanged meter": "replaced meter; an exchange is a request and its answer on the line",
  "nobody watches": "is not monitored",
  "nobody answers": "there is no answer",
  "nobody asked for": "unexpected, or: without a request",
  "nobody serves": "no node serves",
  "nobody knows": "is unknown",
  "takes no messages so long": "dropped: larger than max_payload",
  "takes it as well": "also needs it",
  "cannot have a stream": "cannot create the stream",
  "so that nothing is kept": "its messages are not stored",
  "beside the database is none": "the file beside the database is not a SQLite write-ahead log",
  "tell a transaction": "report the transaction status",
  "could not be told": "its confirmation to the meter failed",
  "is told of": "is reported to",
  "tells of": "reports",
  "is no news": "was reported before",
  "a new row by itself": "is added automatically",
  "tried again by itself": "retried",
  "mends itself": "is repaired automatically",
  "is mended": "is repaired",
  "has its turn": "is next in the queue",
  "gives back": "returns",
  "say so": "report it",
  "what is known of": "the known state of",
  "whatever it is": "any value",
  "wrong way round": "reversed",
  "other way round": "in the opposite direction, or: reversed",
  "none of ours": "not from this service",
  "was asked for": "was requested",
  "were asked for": "were requested",
  "what came of": "the result of",
  "what became of": "the result of",
  "passes over": "skips",
  "passed over": "skipped",
  "come together": "are complete",
  "where nobody": "without a person",
  "where there is no": "without",
  "in order with NATS": "ready, but with problems",
  "what is in force": "the effective settings",
  "beginning of all subjects": "prefix of all subjects",
  "holds bytes back": "delays bytes",
  "made up": "invented, or: simulated",
  "for ever": "without a limit",
  "once more": "again",
  "carries over": "copies",
  "moved aside; a new one is begun": "replaced by a new one; the damaged file is kept",
  "no sound backup": "no valid backup",
  "beside its log": "with its write-ahead log",
  "leads through a file": "contains a file instead of a folder",
  "of that name already": "already exists",
  "says goodbye": "disconnects",
  "lets the next process in": "releases the lock",
  "the log says why": "the log reports the cause",
  "goes on because of": "continues because of",
  "again by itself": "retried, or: automatically",
  "is tried again": "is retried",
  "again and again": "repeatedly",
  "what to do about it": "the remedy",
  "whatever is open": "the open transaction",
  "is of no use": "is useless, with the reason",
  "where there is none": "if there is none",
  "is waited for": "waits for it",
  "for so long": "for this time",
  "carried over": "copied",
  "over what is readable": "the readable data",
  "is known of": "the known state of",
  "does not say": "does not specify, or: does not contain",
  "does not tell": "does not report, or: does not show",
  "says of": "reports about",
  "be taken for": "treated as",
  "goes on": "continues",
  "is under way": "is in progress",
  "comes and goes": "occurs from time to time",
  "looks at": "checks, or: reads",
  "is looked at": "is checked, or: is read",
  "nobody listens": "no subscriber, or: no client",
  "on its way": "not received yet",
  "takes no bytes": "accepts no bytes",
  "knows no": "does not know",
  "the other sign": "the opposite sign",
  "is begun": "starts",
  "nothing of it is": "no part of it is",
  "order of storing": "the order in which they were stored",
  "right checksum": "valid checksum",
  "may not ask for": "has no permission to request",
  "ends whatever": "ends the open transaction",
  "the meter says": "the meter reports",
  "our own clock": "the machine's clock",
  "is left alone": "is not changed",
  "none where": "undefined if",
};

/** Identifiers that were retired, with the name to use instead or the way to find one. */
const identifiers: readonly (readonly [names: string, instead: string])[] = [
  ["TransactionDesk DeskOptions readDesk", "MeterTransactions"],
  ["MeterPost newPost", "ServedMeter"],
  ["MeterWord", "MeterTransactionState, with syncState, readState and confirmed"],
  [
    "isHeard everHeard heardAt heardAtMs unheardToo unheardMs FleetNews",
    "read or received: receivedAtMs, silentForMs, FleetUpdate",
  ],
  ["requireWord", "the name of what it requires"],
  ["keepWish", "recordStopIntent"],
  ["believeSecondRefusal", "retryRefusalOnce"],
  ["BreakOff breakOff", "fail"],
  ["SetUpAgain", "a returned value"],
  ["OwedRequest OwedStops owedStops", "pending requests or stops"],
  ["waitOn patienceMs patienceOf asksForPatience", "what it waits for, or the limit: timeoutMs"],
  ["whereabouts Whereabouts StatePlace JournalPlace PlaceOptions StatesOf withPlace", "a location"],
  ["NewerThings newerIn KeptInStream KeptMessage keptBehind lastKept", "stored"],
  ["CustodyOptions checkCustody", "checkRecordsAtHub"],
  ["NotTried OurClock clockDoubt believedUntilMs believedYears", "the state that it describes"],
  [
    "usualMost mostAnHour mostAnswers mostAwakeMs mostBlockMs mostBroken mostBytes mostEntries mostCharacters " +
    "mostEnds mostFaults " +
    "mostFirstRounds mostInAnHour mostJunk mostKinds mostListed mostLooks mostMalformed mostMissed mostMissing " +
    "mostMs mostNamed mostOffsetMs mostPeers mostProbes mostProblems mostRead mostRefusals mostRemembered " +
    "mostRetryMs mostRows mostSilent mostSteps mostTexts mostUnconfirmed mostVoltageV mostWaiting " +
    "mostWaitingBytes mostWords mostWritten longestBytes longestDays longestDelayMs longestQuietMs longestRequest " +
    "longestRetryMs longestStepS",
    "max and what it limits: maxWaitingBytes",
  ],
  [
    "fewestExchanges leastCharacters leastFaultWidth leastFreeBytes leastMb leastPauseMs leastVoltageV " +
    "shortestIntervalMs " +
    "shortestUsbSilenceMs",
    "min and what it limits: minFreeBytes",
  ],
  [
    "lookAtClock lookAtDamage lookAtDisk lookAtJournal lookAtOutbox lookAtRest lookAtSite " +
    "lookAtStream lookAgain lookBack lookEveryMs lookOn StreamLook",
    "check or read, and what: checkDisk",
  ],
  ["judgeKey judgeLeftovers judgeRecord judgeSession judgeSignature", "check or verify: verifySignature"],
  [
    "tellExchange tellFaults tellKey tellLost tellWiring tellsClosing tellAll tellSoon " +
    "sayReady sayAtMs sayWaiting isSaid mentionOnce",
    "report, print or log, and what",
  ],
  ["isTorn isSound isWanted isOutrun isHanging", "the state that it tests: isDamaged, isValid, isStuck"],
  ["needOf streamsWithNeeds takesNothing", "the limit or the room: streamsWithLimits"],
  ["workOff giveBack giveUpOldest worthGivingBack putBack", "process, or return"],
  ["whyNot doubtMs doubtNext doubtsOfStopped noDoubt sourceTrouble fileTrouble", "problem: sourceProblem"],
  ["orAbsent orUnreachable noneText readByUs carriedOver aboutRecords", "what the value is"],
  ["mayBeOnTheWay mayGoClock unfulfilledEnd beginAnew", "what the state is, or what the function does"],
  ["madeUpCode stillLoad", "an unused code, a constant load"],
  ["withMeterNoticed noticeMeter noteCleanEnd takeCleanEnd wasTouched", "mark, read or set, and what"],
  ["mendHeader mendStreams", "repairHeader"],
  ["forgetLost keepInPlace keepReplaced acknowledgeExchange", "delete, keep or acknowledge, and what"],
  ["offerMetrics", "registerMetrics"],
  ["nothingCounted onlyOne neededText bringUpToDate", "what it is or does"],
  ["HoldingStream Holder withoutHolder", "StoringStream, StreamLookup"],
  ["heldBack isHeldBack KeptRecord", "blocking, delivered"],
  ["UnknownWhetherKept DoubtfulRecords isDoubtful", "UnconfirmedRecord, UnacknowledgedRecords, mayBeStored"],
  ["LackingRight lackingRight", "MissingPermission"],
  ["doze shortestDozeMs leastDozeMs dozed dozeUntil dozeOff", "expectBytes, minSleepMs"],
  ["rouse awaitOnTheSpot bell rung longestDoubtMs ticksSoon", "what it does or is: wakeReader, wakeFd"],
  ["strays exactLooks lateLooks looksUntilFaster firstLook lookMs leadMs", "unexpected, or a read"],
  ["judge unjudged isWhole readUntilWhole", "storeVerdict, recordsWithoutVerdict, isSigned"],
  ["KeptClock keptClock keepClock storeSoon", "SavedClock, scheduleStore"],
  ["LeastFirmware readAlone isAlone mayLack mayLackSerialNumber", "MinFirmware, singleWordRegisters, isOptional"],
  ["firmwareTroubles GatheredWords settleMs", "firmwareProblems, ReadWords, the time that it limits"],
  ["TroubleLog TroubleLogs troubles calmLog calm troubleText", "ProblemLog, withoutRepeats"],
  ["gatewayGotNothing goesBefore takeTurns fruitlessMs deliveredLately", "what it tests, does or limits"],
  ["StepBack StepBackOptions stepBack SetAside", "StreamReset, RefusedRecords"],
  ["isNews sweeping calmMs soonMs leastBytes", "the state, or what is limited: needsQuestion, minBytes"],
];

/** Words that sentences need, and that are retired as names in code. */
const names: Record<string, string> = {
  most: "max and what it limits",
  fewest: "min and what it limits",
  patience: "what it limits: timeoutMs",
  peek: "readState",
  trouble: "problem, or problemLog",
  least: "min and what it limits",
  lacks: "hasMissing",
  soon: "what it waits for: afterReady",
  sound: "isValid, or isInRange",
  Post: "ServedMeter",
};

interface Finding {
  readonly line: number;
  readonly retired: string;
  readonly instead: string;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Between two words: spaces, or a line break within a comment, a list, or a text of several strings. */
const gap = "(?:[ \\t]+|[ \\t]*[\"'`]?[ \\t]*\\+?[ \\t]*\\n[ \\t]*(?://+|\\*|[\"'`])?[ \\t]*)";

/** Before a name where it is declared, and before a member. */
const before = "(?:\\b(?:const|let|readonly|function|class|interface|type|get|set|async) +|" +
  "(?<=[\\w)\\]]\\??)\\.|#|[(,{] *(?=\\w+\\??: ?\\w))";

const retired = [
  ...Object.entries(phrases).map(([phrase, instead]) => ({
    pattern: new RegExp(`(?<![\\w'])${phrase.split(" ").map(escaped).join(gap)}(?!\\w)`, "gi"),
    instead,
  })),
  ...identifiers.map(([list, instead]) => ({
    pattern: new RegExp(`(?<![\\w$])(?:${list.split(" ").join("|")})(?![\\w$])`, "g"),
    instead,
  })),
  ...Object.entries(names).map(([name, instead]) => ({
    pattern: new RegExp(`${before}${name}(?![\\w$])`, "g"),
    instead,
  })),
];

function findRetired(text: string): Finding[] {
  return retired.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: text.slice(0, match.index).split("\n").length,
      retired: match[0].replace(/\s+/g, " "),
      instead,
    }))
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, root))) {
    if (isDirectory) files.push(...await filesBelow(`${folder}/${name}`));
    else files.push(`${folder}/${name}`);
  }
  return files.sort();
}

/** Names of the previous release, by the file that uses its code. */
const earlierNames: Readonly<Record<string, readonly string[]>> = {
  "tests/journal/rollback_test.ts": ["judge", "unjudged"],
};

/** This file has them all. */
const thisFile = "tests/language_test.ts";

Deno.test("no source, test, document or configuration has a retired phrase or identifier", async () => {
  const folders = await Promise.all(["src", "bridge", "tests", "docs", "config"].map(filesBelow));
  const files = [...folders.flat(), "mod.ts", "README.md", "CONTRIBUTING.md"].filter((file) => file !== thisFile);
  assert.ok(files.length > 600, `only ${files.length} files were read`);
  const found = await Promise.all(files.map(async (file) =>
    findRetired(await Deno.readTextFile(new URL(file, root)))
      .filter(({ retired }) => earlierNames[file]?.includes(retired) !== true)
      .map(({ line, retired, instead }) => `${file}:${line}: "${retired}"; use ${instead}`)
  ));
  assert.deepEqual(found.flat(), []);
});

Deno.test("a retired phrase is found within a comment, a table and a text of two strings, and a name only as a name", () => {
  const linesOf = (text: string) => findRetired(text).map(({ line }) => line);
  assert.deepEqual(linesOf("/**\n * The queue gives\n * back what waits.\n */"), [2]);
  assert.deepEqual(linesOf("| a meter | Passed over |"), [1]);
  assert.deepEqual(linesOf('const text = "the meter is told " +\n  "of its end";'), [1]);
  assert.deepEqual(linesOf("this.#keepWish(id);\nkeepWishes(id);"), [1]);
  assert.deepEqual(linesOf("const most = 3;\nread({ most: 3 });\nlimits.most;\nthis.#most;"), [1, 2, 3, 4]);
  assert.deepEqual(linesOf("/** Waits at most: 3 s. Most meters answer. */\nconst almost = 3;"), []);
});
