#!/usr/bin/env python3
"""Formats thousands of ugly texts here and with Terraform, and compares byte by byte.

    fmt.py --binary PATH [--count N] [--seed S] [--keep DIR] [--terraform PATH]

Half of the texts come from a grammar, half are files of the corpus, mutated; many hold syntax errors, which both have to see
(such a text stays as it is). A disagreement is reduced to few lines and shown; --keep writes it to files. Skips with a
message, and success, where there is no Terraform. The exit status is 1 if anything disagrees.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import ugly

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, '..', 'conformance', 'configs', '**', '*.tf')


class Formatter:
    """A binary with the command `fmt`."""

    def __init__(self, binary):
        self.binary = binary
        self.env = dict(os.environ, CHECKPOINT_DISABLE='1', TF_CLI_CONFIG_FILE=os.devnull)

    def format(self, texts):
        """What becomes of the texts; bytes in, bytes out. A text that is refused comes as nothing."""
        out = []
        with tempfile.TemporaryDirectory() as scratch:
            paths = [os.path.join(scratch, '%06d.tf' % i) for i in range(len(texts))]
            for path, text in zip(paths, texts):
                with open(path, 'wb') as file:
                    file.write(text)
            done = subprocess.run([self.binary, 'fmt', '-no-color', '-list=false', scratch], env=self.env, cwd=scratch, capture_output=True, timeout=300)
            said = (done.stdout + done.stderr).decode('utf-8', 'replace')
            if 'panicked' in said:
                raise RuntimeError('%s panicked:\n%s' % (self.binary, said[-2000:]))
            for path in paths:
                with open(path, 'rb') as file:
                    out.append(file.read())
            refused = [os.path.basename(path) in said for path in paths]
        return [None if no else text for text, no in zip(out, refused)]


def texts(seed, count, corpus):
    for i in range(count):
        if i % 2:
            yield ugly.Ugly(seed + i).text()
        else:
            yield ugly.mutated(corpus[(seed + i // 2) % len(corpus)], seed + i)


def corpus():
    paths = sorted(glob.glob(CORPUS, recursive=True))
    read = []
    for path in paths:
        with open(path, encoding='utf-8', errors='replace', newline='') as file:
            read.append(file.read())
    return read


def settled(text, formatted, formatter):
    """What the oracle makes of a text once it changes nothing any more, or nothing if it does not come to rest."""
    for _ in range(4):
        again = formatter.format([formatted])[0]
        if again == formatted:
            return formatted
        if again is None:
            return None
        formatted = again
    return None


def with_known_losses(text):
    """The text without what the oracle loses: labels with a lone dollar or percent sign among other text, and `[null]`,
    `[true]` and `[false]`, of which it keeps the brackets."""
    text = re.sub(rb'(?<=[\w"]) "(?![$%]")(?:\\.|[^"\\\n])*[$%](?:\\.|[^"\\\n])*"(?=( "(?:\\.|[^"\\\n])*")*( /\*.*\*/)* \{)', b'', text)
    return re.sub(rb'(?<=[^\s(\[{])\[(null|true|false)\]', b'[]', text)


def disagreeing(texts, ours, theirs):
    """Which of the texts both formatters disagree about."""
    results = zip(texts, ours.format(texts), theirs.format(texts))
    return [text for text, a, b in results if explain(text, a, b, theirs) is None]


def explain(text, ours, theirs, oracle):
    """Why two results may be as they are; nothing if there is no reason for the difference."""
    if ours == theirs:
        return 'agree'
    if ours is None or theirs is None:
        return None
    # What is lost moves what is aligned with it.
    left = with_known_losses(ours).split()
    if left == theirs.split():
        return 'the oracle loses a label or index'
    rest = settled(text, theirs, oracle)
    if rest is None:
        return 'the oracle breaks the text'
    if rest != theirs and left == rest.split():
        return 'the oracle needs several runs'
    return None


def reduced(text, ours, theirs):
    """A smaller text on which both still disagree: lines go first, then characters."""
    for pieces in (str.splitlines(text.decode(), keepends=True), None):
        pieces = list(text.decode()) if pieces is None else pieces
        size = max(1, len(pieces) // 2)
        while size >= 1 and len(pieces) <= 500:
            fewer = [pieces[:at] + pieces[at + size:] for at in range(0, len(pieces), size)]
            smaller = disagreeing([''.join(p).encode() for p in fewer], ours, theirs) if len(pieces) > 1 else []
            if smaller:
                text = smaller[-1]
                pieces = next(p for p in fewer if ''.join(p).encode() == text)
                size = min(size, max(1, len(pieces) // 2))
            else:
                size //= 2
    return text


def show(number, text, ours, theirs, keep):
    a, b = ours.format([text])[0], theirs.format([text])[0]
    print('-- disagreement %d\ntext      %r\nours      %r\nterraform %r' % (number, text, a, b))
    if keep:
        os.makedirs(keep, exist_ok=True)
        for name, content in (('before', text), ('after', b)):
            with open(os.path.join(keep, 'case%d.%s.hcl' % (number, name)), 'wb') as file:
                file.write(content if content is not None else text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary', required=True)
    parser.add_argument('--terraform', default='terraform')
    parser.add_argument('--count', type=int, default=20000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--batch', type=int, default=250)
    parser.add_argument('--stop', type=int, default=5, help='stop after so many disagreements')
    parser.add_argument('--keep', help='a directory to write disagreements to')
    parser.add_argument('--show', action='append', default=[], metavar='REASON', help='show what is excused for this reason')
    args = parser.parse_args()
    if not shutil.which(args.terraform):
        print('skipped: there is no terraform to compare with')
        return 0
    ours, theirs = Formatter(args.binary), Formatter(args.terraform)
    pending, found, reasons = [], 0, {}
    run = 0
    for text in texts(args.seed, args.count, corpus()):
        pending.append(text.encode('utf-8', 'replace'))
        run += 1
        if len(pending) < args.batch and run < args.count:
            continue
        formatted = ours.format(pending)
        repeated = ours.format([b'' if a is None else a for a in formatted])
        for text, a, again, b in zip(pending, formatted, repeated, theirs.format(pending)):
            reason = explain(text, a, b, theirs)
            key = 'refused by both' if a is None and b is None else reason or 'disagree'
            reasons[key] = reasons.get(key, 0) + 1
            if reason in args.show:
                print('-- %s\ntext      %r\nours      %r\nterraform %r' % (reason, text, a, b))
            if a is not None and again != a:
                print('-- a second run changes %r' % text)
                found += 1
            if reason == 'the oracle breaks the text' and theirs.format([a]) == [None]:
                print('-- we break the text %r, too' % text)
                found += 1
            if reason is None:
                found += 1
                show(found, reduced(text, ours, theirs), ours, theirs, args.keep)
                if found >= args.stop:
                    break
        pending = []
        if found >= args.stop:
            break
    print('%d texts: %s' % (run, ', '.join('%d %s' % (n, k) for k, n in sorted(reasons.items()))))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
