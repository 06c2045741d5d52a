"""Source texts as nobody should write them: generated from a grammar, or mutated from files that exist."""
import random
import re

NAMES = ['a', 'bb', 'name', 'instance_type', 'long-name_with-dashes', 'größe', 'in', 'for', 'if', 'null', 'type', 'x1']
WORDS = ['', 'a', 'hello world', 'ünïcödé', '漢字', 'e\u0301', '👩‍👩‍👧', 'a\\nb', '\\"q\\"', '$${x}', '%%{y}', 'tab\\there', '\\u00e9',
         '#no', '//no', '/*no*/', '$', '%', '$$', 'a  b', '{', '}', '=', 'a = b']
NUMBERS = ['0', '1', '-1', '42', '1.5', '1e10', '2.5E-3', '00', '- 3']
BINARY = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||']
TYPES = ['"string"', '"list"', '"map"', 'list', 'map', 'set', 'string', '"number"', 'list(string)', '"list(string)"', 'any',
         'object({a=string,b=optional(number,1)})', '"${string}"', 'tuple([string,bool])', '"bool"', '"set"', '"any"',
         'map(\n"string")', '(list)', '"string" # c', 'list /* c */']
COMMENTS = ['# c', '// c', '/* c */', '#', '//c', '/*c\n  d*/', '#  spaced  ', '# ünï 漢字', '/**/']


class Ugly:
    """A generator of bodies; everything comes out of one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.depth = 0
        # Texts differ in how bad they are: most have a few oddities, some are full of them.
        self.oddity = self.random.choice([0.0, 0.02, 0.1, 0.3])
        self.newline = '\r\n' if self.random.random() < 0.08 else '\n'

    def text(self):
        text = self.body(self.random.randint(1, 6))
        if self.random.random() < 0.1:
            text = text.rstrip('\n')
        if self.random.random() < 0.02:
            text = '\ufeff' + text
        return text.replace('\n', self.newline)

    def odd(self, factor=1.0):
        return self.random.random() < self.oddity * factor

    def one_of(self, choices):
        return self.random.choice(choices)

    def gap(self):
        """Where a space may stand."""
        if self.odd(0.3):
            return ' /* g */ ' if self.odd() else '/*g*/'
        return self.one_of(['', '', ' ', ' ', ' ', '  ', '\t', '     '])

    def space(self):
        """Where a space must stand."""
        return self.one_of([' ', ' ', '  ', '\t', '\t ', ' /* s */ ' if self.odd() else ' '])

    def line_end(self):
        comment = ''
        if self.random.random() < 0.15:
            comment = self.one_of(['', ' ', '    ']) + self.one_of(COMMENTS)
        trailing = self.one_of(['', '', '', ' ', '  \t'])
        return comment + trailing + '\n' + self.blank_lines()

    def blank_lines(self):
        return self.one_of(['', '', '', '', '', '\n', ' \n', '\n\n\n', '\t\n']) if self.random.random() < 0.4 else ''

    def indent(self):
        return self.one_of(['', '  ', ' ', '\t', '    ', '       '])

    def body(self, count):
        out = []
        for _ in range(count):
            kind = self.random.random()
            if kind < 0.62:
                out.append(self.attribute())
            elif kind < 0.9 and self.depth < 4:
                out.append(self.block())
            elif kind < 0.97:
                out.append(self.indent() + self.one_of(COMMENTS) + '\n')
            else:
                out.append(self.one_of(['\n', '   \n', '\n\n']))
        return ''.join(out)

    def attribute(self):
        name = self.one_of(NAMES)
        if self.random.random() < 0.7:
            name += str(self.random.randint(0, 999))
        value = self.one_of(TYPES) if name == 'type' and self.random.random() < 0.8 else self.expression()
        return self.indent() + name + self.gap() + '=' + self.gap() + value + self.line_end()

    def block(self):
        self.depth += 1
        ty = self.one_of(['resource', 'variable', 'variable', 'locals', 'output', 'terraform', 'dynamic', 'b', 'module'])
        labels = ''.join(self.label() for _ in range(self.random.choice([0, 0, 1, 1, 2])))
        header = self.indent() + ty + labels + self.gap() + '{'
        kind = self.random.random()
        if kind < 0.08:
            out = header + self.gap() + '}' + self.line_end()
        elif kind < 0.2:
            value = self.expression(flat=True)
            out = header + self.gap() + self.one_of(NAMES) + self.gap() + '=' + self.gap() + value + self.gap() + '}' + self.line_end()
        elif ty == 'variable' and kind < 0.7:
            out = header + self.line_end() + self.indent() + 'type' + self.gap() + '=' + self.gap() + self.one_of(TYPES) \
                + self.line_end() + self.body(self.random.randint(0, 2)) + self.indent() + '}' + self.line_end()
        else:
            out = header + self.line_end() + self.body(self.random.randint(0, 4)) + self.indent() + '}' + self.line_end()
        self.depth -= 1
        return out

    def label(self):
        if self.random.random() < 0.15:
            return self.space() + self.one_of(NAMES)
        return self.space() + '"' + self.one_of(['a', 'b_c', 'with space', 'ü', '', 'x-y', '\\"', '$${a}', 'a\\nb', '\\\\', '%', '$', '\\u00e9',
                                                  'e\u0301'] if self.odd(3) else ['a', 'main', 'aws_x', 'b-c']) + '"'

    def expression(self, flat=False):
        self.depth += 1
        try:
            if self.depth > 7 or self.random.random() < 0.35:
                return self.simple()
            return self.one_of([self.simple, self.template, self.binary, self.conditional, self.call, self.tuple, self.tuple, self.object,
                                self.object, self.unary, self.paren, self.for_tuple, self.for_object, self.access, self.splat,
                                self.interpolation_only] + ([] if flat else [self.heredoc]))(flat)
        finally:
            self.depth -= 1

    def simple(self, flat=False):
        kind = self.random.random()
        if kind < 0.3:
            return self.one_of(NUMBERS)
        if kind < 0.55:
            return '"' + self.one_of(WORDS) + '"'
        if kind < 0.65:
            return self.one_of(['true', 'false', 'null'])
        return self.one_of(['var.a', 'local.b', 'a', 'var . a', 'data.x.y.z', 'each.value', 'a[0]', 'a["b"]', 'a [ 0 ]', 'a.0', 'a.0.1', 'a.*.b',
                            'a[*].b', 'self.x', 'path.module', 'in', 'null.a', 'if', 'a[null]' if self.odd(0.2) else 'c'])

    def binary(self, flat):
        return self.expression(flat) + self.gap() + self.one_of(BINARY) + self.gap() + self.expression(flat)

    def unary(self, flat):
        return self.one_of(['!', '-', '! ', '- ', '!!', '- -', '--']) + self.expression(flat)

    def paren(self, flat):
        return '(' + self.soft(flat) + self.expression(flat) + self.soft(flat) + ')'

    def conditional(self, flat):
        return self.expression(flat) + self.gap() + '?' + self.gap() + self.expression(flat) + self.gap() + ':' + self.gap() + self.expression(flat)

    def soft(self, flat):
        """Where a line may end within brackets."""
        if flat or self.random.random() < 0.7:
            return self.gap()
        return self.gap() + self.line_end() + self.indent()

    def items(self, flat):
        n = self.random.choice([0, 1, 1, 2, 3])
        out = []
        for i in range(n):
            out.append(self.expression(flat))
            out.append(self.soft(flat))
            if i + 1 < n or self.random.random() < 0.3:
                out.append(',' + self.soft(flat))
        return self.soft(flat) + ''.join(out)

    def call(self, flat):
        name = self.one_of(['f', 'upper', 'merge', 'provider::a::b', 'core::upper', 'file', 'in', 'provider :: a :: b' if self.odd() else 'g'])
        items = self.items(flat)
        if items.strip() and self.odd():
            items = items.rstrip(', \t\n') + '...'
        return name + self.one_of(['', '', '', ' ']) + '(' + items + ')'

    def tuple(self, flat):
        return '[' + self.items(flat) + ']'

    def object(self, flat):
        out = ['{']
        lines = not flat and self.random.random() < 0.6
        out.append(self.line_end() if lines else self.gap())
        n = self.random.choice([0, 1, 2, 3])
        for i in range(n):
            key = self.one_of(NAMES + ['"k"', '"k ü"', '(a)', '"${a}"', '1', '"a${b}c"', 'a.b', '(var.x)'])
            out.append((self.indent() if lines else '') + key + self.gap() + self.one_of(['=', '=', '=', ':']) + self.gap() + self.expression(flat))
            if lines:
                out.append(self.one_of(['', '', ',', ' ,']) + self.line_end())
            else:
                out.append(self.gap() + (',' + self.gap() if i + 1 < n or self.odd() else ''))
        if lines:
            out.append(self.indent())
        return ''.join(out) + '}'

    def for_intro(self, flat):
        names = self.one_of(['x', 'k, v', 'k,v', 'k , v'])
        return 'for' + self.space() + names + self.space() + 'in' + self.space() + self.expression(flat) + self.gap() + ':' + self.gap()

    def for_end(self, flat):
        return self.gap() + 'if' + self.space() + self.expression(flat) if self.random.random() < 0.3 else ''

    def for_tuple(self, flat):
        return '[' + self.soft(flat) + self.for_intro(flat) + self.expression(flat) + self.for_end(flat) + self.soft(flat) + ']'

    def for_object(self, flat):
        group = self.one_of(['', '', '...', ' ...'])
        return '{' + self.soft(flat) + self.for_intro(flat) + self.expression(flat) + self.gap() + '=>' + self.gap() + self.expression(flat) + group \
            + self.for_end(flat) + self.soft(flat) + '}'

    def access(self, flat):
        step = self.one_of(['.a', '[0]', '["k"]', '[ a ]', '.0', '[a.b]', '[-1]', ' [0]', '[a ? 1 : 2]', '["${a}"]', '[f(x)]'])
        return self.one_of(['a', 'f(x)', '(a)', '[1, 2]', '{}', 'a.b', '"s"']) + step

    def splat(self, flat):
        return self.one_of(['a', 'f(x)', '(a)', 'a.b']) + self.one_of(['.*', '[*]', '.*.a', '[*].a.b', '[ * ].c', '[*][0]'])

    def sequence(self, flat):
        strip, end = self.one_of(['', '', '', '~']), self.one_of(['', '', '', '~'])
        kind = self.random.random()
        if kind < 0.6:
            return '${' + strip + self.soft(flat) + self.expression(flat) + self.soft(flat) + end + '}'
        if kind < 0.8:
            return '%{' + strip + self.gap() + 'if' + self.space() + self.expression(flat) + self.gap() + end + '}y%{' + self.gap() \
                + self.one_of(['else' + self.gap() + '}n%{ ', '']) + 'endif' + self.gap() + '}'
        return '%{' + self.gap() + self.for_intro(flat).rsplit(':', 1)[0] + end + '}z%{' + self.gap() + 'endfor' + self.gap() + '}'

    def template(self, flat):
        parts = [self.one_of([self.one_of(WORDS), self.sequence(True if not self.odd() else flat)]) for _ in range(self.random.randint(1, 4))]
        return '"' + ''.join(parts) + '"'

    def interpolation_only(self, flat):
        return '"${' + self.soft(flat) + self.expression(flat) + self.soft(flat) + '}"'

    def heredoc(self, flat):
        marker = self.one_of(['EOT', 'E', 'END-1', 'ÜX'])
        lines = []
        for _ in range(self.random.randint(0, 4)):
            line = self.indent() + self.one_of(WORDS + ['a="b"', 'x = 1', '   ', 'EOTX', '\\'])
            if self.random.random() < 0.4:
                line += self.sequence(not self.odd()) + self.one_of(WORDS)
            lines.append(line + '\n')
        return self.one_of(['<<', '<<-']) + marker + '\n' + ''.join(lines) + self.indent() + marker + ('\n' if self.odd(0.2) else '')


TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|<<-?[\w-]+\n(?:.*\n)*?\s*[\w-]+\n|#[^\n]*|//[^\n]*|/\*.*?\*/|[\w.-]+|[ \t]+|\n|&&|\|\||[=!<>]=|=>|::|\.\.\.|.', re.S)


def mutated(text, seed):
    """The text with some of its tokens moved, repeated, lost, and the space between them changed."""
    rng = random.Random(seed)
    tokens = TOKEN.findall(text)
    if len(tokens) > 400:
        start = rng.randrange(len(tokens) - 400)
        tokens = tokens[start:start + 400]
    rate = rng.choice([0.01, 0.05, 0.3])
    structural = rng.random() < 0.4
    out = []
    for token in tokens:
        if rng.random() >= rate:
            out.append(token)
        elif token.isspace() and '\n' not in token:
            out.append(rng.choice(['', '  ', '\t', ' /* m */ ', '    ', '\n' if structural else ' ']))
        elif token == '\n':
            out.append(rng.choice(['\n\n', ' \n', '  # m\n', ' // m\n', '\n\n\n', '' if structural else '\n', ' /* m */\n']))
        elif structural:
            out.append(rng.choice(['', token + token, rng.choice(tokens), token + ' ', '\n' + token, '(' + token + ')', '"${' + token + '}"']))
        else:
            out.append(rng.choice([' ' + token, token + ' ', token]))
    joined = ''.join(out)
    return joined.replace('\n', '\r\n') if rng.random() < 0.05 else joined
