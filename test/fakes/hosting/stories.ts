import { Buffer } from 'node:buffer';
import type { History } from './history';
import type { WorldRepository } from './world';

/** Logins every world has; stories name their authors by them. */
export const people = ['mira', 'jonas', 'priya', 'tomas', 'aiko', 'sam'] as const;

const day = 24;

/** A small picture, so that one file of a pull request is no text. */
const picture = (seed: number) =>
  Buffer.from([
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    0,
    0,
    0,
    seed,
    ...Array(40).fill(seed),
    0xff,
    0xfe,
  ]);

/** A repository nobody has a pull request in. */
export function plain(history: History, repository: WorldRepository): void {
  const age = Math.max(2, Math.round((Date.now() - repository.updatedAt) / 3_600_000));
  const title = repository.name;
  history
    .commit('jonas', age + 90 * day, `Start ${title}`, (tree) =>
      tree
        .write('README.md', `# ${title}\n\n${repository.description || 'Work in progress.'}\n`)
        .write('.gitignore', 'node_modules\ndist\n*.log\n'),
    )
    .commit('priya', age + 60 * day, 'Say how to work on it', (tree) =>
      tree.write(
        'CONTRIBUTING.md',
        `# Working on ${title}\n\nOpen a branch, keep commits small, ask for a review.\n`,
      ),
    )
    .commit('tomas', age + 20 * day, 'Add the editor settings', (tree) =>
      tree.write(
        '.editorconfig',
        'root = true\n\n[*]\nindent_style = space\nindent_size = 2\nend_of_line = lf\n',
      ),
    )
    .commit('mira', age, 'Describe how it is released', (tree) =>
      tree.write(
        'docs/release.md',
        `# Releasing ${title}\n\n1. Tag the commit.\n2. Watch the pipeline.\n3. Tell the others.\n`,
      ),
    );
}

/** An online shop in TypeScript. */
export function storefront(history: History): void {
  history
    .commit('tomas', 180 * day, 'Start the storefront', (tree) =>
      tree
        .write(
          'README.md',
          '# Storefront\n\nThe shop our customers see.\n\n## Run it\n\n```sh\nnpm ci\nnpm start\n```\n',
        )
        .write(
          'package.json',
          '{\n  "name": "storefront",\n  "private": true,\n  "type": "module",\n  "scripts": {\n    "start": "node server.js",\n    "test": "vitest run"\n  }\n}\n',
        )
        .write('.gitignore', 'node_modules\ndist\n'),
    )
    .commit('priya', 120 * day, 'Take payments through the gateway', (tree) =>
      tree
        .write(
          'src/payments/client.ts',
          `import { gateway } from './gateway';

export interface Payment {
  id: string;
  amount: number;
  currency: 'EUR' | 'SEK' | 'USD';
}

export interface Receipt {
  paymentId: string;
  takenAt: Date;
}

/** Takes a payment once. A failure of the gateway is the caller's problem. */
export async function takePayment(payment: Payment): Promise<Receipt> {
  const answer = await gateway.post('/payments', {
    amount: payment.amount,
    currency: payment.currency,
    reference: payment.id,
  });
  if (!answer.ok) throw new Error(\`gateway answered \${answer.status}\`);
  return { paymentId: payment.id, takenAt: new Date() };
}

export async function refund(paymentId: string): Promise<void> {
  await gateway.post(\`/payments/\${paymentId}/refund\`, {});
}
`,
        )
        .write(
          'src/payments/gateway.ts',
          `const base = process.env.GATEWAY_URL ?? 'http://localhost:9000';

export const gateway = {
  post(path: string, body: object): Promise<Response> {
    return fetch(base + path, { method: 'POST', body: JSON.stringify(body) });
  },
};
`,
        )
        .write(
          'docs/payments.md',
          '# Payments\n\nEvery payment is taken once. When the gateway fails, the customer sees an error\nand may try again.\n',
        ),
    )
    .commit('aiko', 90 * day, 'Show the cart', (tree) =>
      tree
        .write(
          'src/cart/total.ts',
          'export interface Line {\n  price: number;\n  count: number;\n}\n\nexport function total(lines: Line[]): number {\n  let sum = 0;\n  for (const line of lines) sum += line.price * line.count;\n  return sum;\n}\n',
        )
        .write(
          'src/theme/colors.css',
          ':root {\n  --page: #ffffff;\n  --text: #1b1f24;\n  --accent: #0b6bcb;\n  --danger: #b42318;\n}\n',
        )
        .bytes('public/logo.png', picture(3)),
    )
    .commit('jonas', 60 * day, 'Check every change', (tree) =>
      tree.write(
        '.github/workflows/check.yml',
        'name: check\non: [pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - run: npm ci\n      - run: npm test\n',
      ),
    );

  history
    .on('fix/rounding')
    .commit('aiko', 12 * day, 'Round the total to cents', (tree) =>
      tree.replace('src/cart/total.ts', '  return sum;', '  return Math.round(sum * 100) / 100;'),
    )
    .commit('aiko', 12 * day - 3, 'Test the rounding of the total', (tree) =>
      tree.write(
        'src/cart/total.test.ts',
        "import { expect, test } from 'vitest';\nimport { total } from './total';\n\ntest('three times 0.1 is 0.3', () => {\n  expect(total([{ price: 0.1, count: 3 }])).toBe(0.3);\n});\n",
      ),
    )
    .merge(
      'fix/rounding',
      'tomas',
      10 * day,
      'Merge pull request #38 from northwind/fix/rounding\n\nRound the total to cents',
    );

  history
    .on('feature/retry-payments')
    .commit('priya', 54, 'Retry a payment the gateway did not answer', (tree) =>
      tree
        .write(
          'src/payments/retry.ts',
          `export interface RetryOptions {
  attempts: number;
  firstWait: number;
}

/** Calls until it works or the attempts are used up. */
export async function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  let wait = options.firstWait;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === options.attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = wait + options.firstWait;
    }
  }
}
`,
        )
        .replace(
          'src/payments/client.ts',
          "import { gateway } from './gateway';",
          "import { gateway } from './gateway';\nimport { retry } from './retry';",
        ),
    )
    .commit('priya', 50, 'Use the retry when a payment is taken', (tree) =>
      tree
        .replace(
          'src/payments/client.ts',
          `  const answer = await gateway.post('/payments', {
    amount: payment.amount,
    currency: payment.currency,
    reference: payment.id,
  });`,
          `  const answer = await retry(
    () =>
      gateway.post('/payments', {
        amount: payment.amount,
        currency: payment.currency,
        reference: payment.id,
      }),
    { attempts: 4, firstWait: 250 },
  );`,
        )
        .replace(
          'src/payments/client.ts',
          "/** Takes a payment once. A failure of the gateway is the caller's problem. */",
          '/** Takes a payment once; the gateway knows a repeated reference. */',
        )
        .rename('docs/payments.md', 'docs/payments/index.md'),
    )
    .commit(
      'priya',
      26,
      'Double the wait instead of adding to it\n\nAdding kept the load on the gateway almost constant while it\nrecovered.',
      (tree) =>
        tree
          .replace('src/payments/retry.ts', '      wait = wait + options.firstWait;', '      wait *= 2;')
          .write(
            'src/payments/retry.test.ts',
            "import { expect, test, vi } from 'vitest';\nimport { retry } from './retry';\n\ntest('gives up after the last attempt', async () => {\n  const call = vi.fn().mockRejectedValue(new Error('down'));\n  await expect(retry(call, { attempts: 3, firstWait: 1 })).rejects.toThrow('down');\n  expect(call).toHaveBeenCalledTimes(3);\n});\n",
          )
          .bytes('public/logo.png', picture(7)),
    );

  history
    .on('mira/dark-theme')
    .commit('mira', 30, 'Name the colours of the dark theme', (tree) =>
      tree.replace(
        'src/theme/colors.css',
        '  --danger: #b42318;\n}\n',
        "  --danger: #b42318;\n}\n\n[data-theme='dark'] {\n  --page: #14181d;\n  --text: #e6eaf0;\n  --accent: #7cb7ff;\n  --danger: #ff9c92;\n}\n",
      ),
    )
    .commit('mira', 8, 'Follow the system until somebody chooses', (tree) =>
      tree.write(
        'src/theme/choose.ts',
        "export function theme(): 'light' | 'dark' {\n  const chosen = localStorage.getItem('theme');\n  if (chosen === 'light' || chosen === 'dark') return chosen;\n  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';\n}\n",
      ),
    );

  history
    .on('escape-names')
    .commit('sam', 100, 'Escape customer names in e-mails', (tree) =>
      tree
        .write(
          'src/mail/escape.ts',
          "const marks: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\"': '&quot;' };\n\nexport function escape(text: string): string {\n  return text.replace(/[&<>\"]/g, (mark) => marks[mark] ?? mark);\n}\n",
        )
        .write(
          'src/mail/welcome.ts',
          "import { escape } from './escape';\n\nexport function welcome(name: string): string {\n  return `<p>Welcome, ${escape(name)}!</p>`;\n}\n",
        ),
    );

  history
    .on('switch-to-deno')
    .commit('jonas', 40 * day, 'Try another runtime', (tree) =>
      tree.write('deno.json', '{\n  "tasks": { "start": "deno run -A server.js" }\n}\n').remove('.gitignore'),
    );

  history
    .on('main')
    .commit('tomas', 20, 'Say where the shop runs', (tree) =>
      tree.replace(
        'README.md',
        'The shop our customers see.',
        'The shop our customers see: https://shop.northwind.example',
      ),
    );
}

/** A command line program in Go. */
export function tideline(history: History): void {
  history
    .commit('jonas', 210 * day, 'Start tideline', (tree) =>
      tree
        .write('README.md', '# tideline\n\nMoves logs from many machines to one place.\n')
        .write('go.mod', 'module gitlab.example/platform/tideline\n\ngo 1.24\n')
        .write(
          'cmd/tideline/main.go',
          'package main\n\nimport (\n\t"flag"\n\t"log"\n\n\t"gitlab.example/platform/tideline/internal/ship"\n)\n\nfunc main() {\n\ttarget := flag.String("target", "", "where logs go")\n\tflag.Parse()\n\tif *target == "" {\n\t\tlog.Fatal("tideline: -target is missing")\n\t}\n\tship.Run(*target)\n}\n',
        ),
    )
    .commit('aiko', 150 * day, 'Ship lines in batches', (tree) =>
      tree.write(
        'internal/ship/ship.go',
        `package ship

import (
	"bufio"
	"log"
	"net/http"
	"os"
	"strings"
)

const batchSize = 500

// Run reads lines from standard input and sends them in batches.
func Run(target string) {
	scanner := bufio.NewScanner(os.Stdin)
	var batch []string
	for scanner.Scan() {
		batch = append(batch, scanner.Text())
		if len(batch) == batchSize {
			send(target, batch)
			batch = nil
		}
	}
	send(target, batch)
}

func send(target string, batch []string) {
	body := strings.NewReader(strings.Join(batch, "\\n"))
	answer, err := http.Post(target, "text/plain", body)
	if err != nil {
		log.Fatal(err)
	}
	answer.Body.Close()
}
`,
      ),
    )
    .commit('tomas', 80 * day, 'Build on every push', (tree) =>
      tree.write(
        '.gitlab-ci.yml',
        'stages: [test, build]\n\ntest:\n  stage: test\n  image: golang:1.24\n  script:\n    - go vet ./...\n    - go test ./...\n\nbuild:\n  stage: build\n  image: golang:1.24\n  script:\n    - go build ./cmd/tideline\n',
      ),
    );

  history
    .on('no-empty-batch')
    .commit('sam', 9 * day, 'Send nothing when there is nothing', (tree) =>
      tree.replace(
        'internal/ship/ship.go',
        '\tsend(target, batch)\n}\n\nfunc send',
        '\tif len(batch) > 0 {\n\t\tsend(target, batch)\n\t}\n}\n\nfunc send',
      ),
    )
    .merge(
      'no-empty-batch',
      'jonas',
      8 * day,
      "Merge branch 'no-empty-batch' into 'main'\n\nSend nothing when there is nothing\n\nSee merge request platform/tideline!17",
    );

  history
    .on('buffer-on-disk')
    .commit('aiko', 70, 'Keep batches on disk until they have arrived', (tree) =>
      tree
        .write(
          'internal/spool/spool.go',
          `package spool

import (
	"os"
	"path/filepath"
)

// Spool keeps batches on disk until the target has them.
type Spool struct {
	dir string
	seq int
}

func Open(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return &Spool{dir: dir}, nil
}

// Put writes a batch; it survives a restart.
func (s *Spool) Put(batch []byte) (string, error) {
	s.seq++
	name := filepath.Join(s.dir, string(rune(s.seq)))
	return name, os.WriteFile(name, batch, 0o666)
}
`,
        )
        .replace('internal/ship/ship.go', 'const batchSize = 500', 'const batchSize = 200'),
    )
    .commit('aiko', 33, 'Write batches only their owner can read', (tree) =>
      tree
        .replace('internal/spool/spool.go', '0o777', '0o700')
        .replace('internal/spool/spool.go', '0o666', '0o600')
        .replace('internal/spool/spool.go', 'string(rune(s.seq))', 'strconv.Itoa(s.seq)')
        .replace('internal/spool/spool.go', '\t"path/filepath"\n', '\t"path/filepath"\n\t"strconv"\n')
        .write(
          'internal/spool/spool_test.go',
          'package spool\n\nimport "testing"\n\nfunc TestPutNamesAreDifferent(t *testing.T) {\n\ts, err := Open(t.TempDir())\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n\ta, _ := s.Put([]byte("a"))\n\tb, _ := s.Put([]byte("b"))\n\tif a == b {\n\t\tt.Fatal("two batches have one name")\n\t}\n}\n',
        ),
    );

  history
    .on('mira/exit-codes')
    .commit('mira', 22, 'Leave with a code of its own for every cause', (tree) =>
      tree
        .write(
          'docs/exit-codes.md',
          '# Exit codes\n\n| code | cause |\n| ---- | ----- |\n| 2 | wrong arguments |\n| 3 | target not reachable |\n| 4 | target refused |\n',
        )
        .replace(
          'cmd/tideline/main.go',
          '\t\tlog.Fatal("tideline: -target is missing")',
          '\t\tlog.Print("tideline: -target is missing")\n\t\tos.Exit(2)',
        )
        .replace('cmd/tideline/main.go', '\t"log"\n', '\t"log"\n\t"os"\n'),
    );

  history
    .on('escape-labels')
    .commit('sam', 90, 'Escape labels in the status page', (tree) =>
      tree.write(
        'internal/status/page.go',
        'package status\n\nimport "html"\n\nfunc Label(text string) string {\n\treturn "<b>" + html.EscapeString(text) + "</b>"\n}\n',
      ),
    );

  history
    .on('syslog')
    .commit('jonas', 50 * day, 'Read from syslog', (tree) =>
      tree.write(
        'internal/syslog/read.go',
        'package syslog\n\n// Not needed any more: journald gives the same lines.\n',
      ),
    );

  history
    .on('main')
    .commit('tomas', 40, 'Name the supported systems', (tree) =>
      tree.replace('README.md', 'to one place.\n', 'to one place. Linux and FreeBSD.\n'),
    );
}

/** A library in Python. */
export function papermill(history: History): void {
  history
    .commit('priya', 240 * day, 'Start the invoice library', (tree) =>
      tree
        .write('README.md', '# invoices\n\nReads and writes the invoices of every country we sell in.\n')
        .write(
          'pyproject.toml',
          '[project]\nname = "invoices"\nversion = "2.3.0"\nrequires-python = ">=3.11"\n',
        )
        .write('invoices/__init__.py', '"""Invoices of every country we sell in."""\n'),
    )
    .commit('sam', 130 * day, 'Read invoices from XML', (tree) =>
      tree.write(
        'invoices/reader.py',
        `from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree


@dataclass
class Line:
    text: str
    net: Decimal
    vat: Decimal


def read(source: str) -> list[Line]:
    """Reads the lines of an invoice."""
    tree = ElementTree.fromstring(source)
    lines = []
    for node in tree.iter("line"):
        lines.append(
            Line(
                text=node.findtext("text"),
                net=Decimal(node.findtext("net")),
                vat=Decimal(node.findtext("vat")),
            )
        )
    return lines
`,
      ),
    )
    .commit('tomas', 70 * day, 'Test with the invoices of last year', (tree) =>
      tree
        .write(
          'tests/test_reader.py',
          'from invoices.reader import read\n\n\ndef test_reads_every_line():\n    lines = read("<invoice><line><text>Tea</text><net>3.00</net><vat>0.75</vat></line></invoice>")\n    assert [line.text for line in lines] == ["Tea"]\n',
        )
        .write(
          'bitbucket-pipelines.yml',
          'image: python:3.12\n\npipelines:\n  default:\n    - step:\n        name: Test\n        script:\n          - pip install -e .\n          - pytest\n',
        ),
    );

  history
    .on('bugfix/decimal-comma')
    .commit('priya', 11 * day, 'Understand a comma as decimal mark', (tree) =>
      tree.replace(
        'invoices/reader.py',
        'net=Decimal(node.findtext("net")),',
        'net=Decimal(node.findtext("net").replace(",", ".")),',
      ),
    )
    .merge(
      'bugfix/decimal-comma',
      'sam',
      9 * day,
      'Merged in bugfix/decimal-comma (pull request #12)\n\nUnderstand a comma as decimal mark',
    );

  history
    .on('feature/credit-notes')
    .commit('tomas', 76, 'Read credit notes', (tree) =>
      tree
        .write(
          'invoices/credit.py',
          `from decimal import Decimal

from .reader import Line, read


def read_credit_note(source: str) -> list[Line]:
    """Reads a credit note: the same lines, their amounts turned round."""
    lines = read(source)
    for line in lines:
        line.net = -line.net
        line.vat = -line.vat
    return lines


def balance(lines: list[Line]) -> float:
    return float(sum(line.net + line.vat for line in lines))
`,
        )
        .replace('pyproject.toml', 'version = "2.3.0"', 'version = "2.4.0"'),
    )
    .commit('tomas', 31, 'Keep amounts exact', (tree) =>
      tree
        .replace(
          'invoices/credit.py',
          'def balance(lines: list[Line]) -> float:\n    return float(sum(line.net + line.vat for line in lines))',
          'def balance(lines: list[Line]) -> Decimal:\n    return sum((line.net + line.vat for line in lines), Decimal(0))',
        )
        .write(
          'tests/test_credit.py',
          'from decimal import Decimal\n\nfrom invoices.credit import balance, read_credit_note\n\n\ndef test_amounts_are_turned_round():\n    lines = read_credit_note("<invoice><line><text>Tea</text><net>3.00</net><vat>0.75</vat></line></invoice>")\n    assert balance(lines) == Decimal("-3.75")\n',
        ),
    );

  history
    .on('feature/mira-swiss-rounding')
    .commit('mira', 18, 'Round Swiss invoices to five centimes', (tree) =>
      tree.write(
        'invoices/rounding.py',
        'from decimal import ROUND_HALF_UP, Decimal\n\nFIVE = Decimal("0.05")\n\n\ndef swiss(amount: Decimal) -> Decimal:\n    return (amount / FIVE).quantize(Decimal(1), ROUND_HALF_UP) * FIVE\n',
      ),
    );

  history
    .on('bugfix/escape-html')
    .commit('sam', 88, 'Escape texts in the HTML form', (tree) =>
      tree.write(
        'invoices/html.py',
        'from html import escape\n\nfrom .reader import Line\n\n\ndef row(line: Line) -> str:\n    return f"<tr><td>{escape(line.text)}</td><td>{line.net}</td></tr>"\n',
      ),
    );

  history
    .on('feature/pdf')
    .commit('aiko', 45 * day, 'Print invoices as PDF', (tree) =>
      tree.write('invoices/pdf.py', '"""Left to the print service."""\n'),
    );

  history
    .on('main')
    .commit('priya', 60, 'List the countries', (tree) =>
      tree.write(
        'docs/countries.md',
        '# Countries\n\n- Austria\n- Denmark\n- Germany\n- Sweden\n- Switzerland\n',
      ),
    );
}

/** A service in C#. */
export function fleet(history: History): void {
  history
    .commit('sam', 200 * day, 'Start the fleet service', (tree) =>
      tree
        .write('README.md', '# Fleet\n\nKnows where every van is and when it is due for service.\n')
        .write(
          'src/Fleet.Api/Fleet.Api.csproj',
          '<Project Sdk="Microsoft.NET.Sdk.Web">\n  <PropertyGroup>\n    <TargetFramework>net9.0</TargetFramework>\n    <Nullable>enable</Nullable>\n  </PropertyGroup>\n</Project>\n',
        )
        .write(
          'src/Fleet.Api/Program.cs',
          'var builder = WebApplication.CreateBuilder(args);\nbuilder.Services.AddControllers();\n\nvar app = builder.Build();\napp.MapControllers();\napp.Run();\n',
        ),
    )
    .commit('jonas', 140 * day, 'Answer where a van is', (tree) =>
      tree.write(
        'src/Fleet.Api/Controllers/VansController.cs',
        `using Microsoft.AspNetCore.Mvc;

namespace Fleet.Api.Controllers;

[ApiController]
[Route("vans")]
public class VansController : ControllerBase
{
    private readonly IVanStore store;

    public VansController(IVanStore store)
    {
        this.store = store;
    }

    [HttpGet("{id}")]
    public async Task<ActionResult<Van>> Get(string id)
    {
        var van = await store.Find(id);
        return van is null ? NotFound() : van;
    }

    [HttpGet]
    public async Task<IReadOnlyList<Van>> List()
    {
        return await store.All();
    }
}
`,
      ),
    )
    .commit('aiko', 75 * day, 'Build and test in the pipeline', (tree) =>
      tree.write(
        'azure-pipelines.yml',
        'trigger:\n  - main\n\npool:\n  vmImage: ubuntu-latest\n\nsteps:\n  - script: dotnet build\n  - script: dotnet test\n',
      ),
    );

  history
    .on('users/jonas/not-found')
    .commit('jonas', 15 * day, 'Answer 404 for a van nobody knows', (tree) =>
      tree.write(
        'tests/Fleet.Tests/VansTests.cs',
        'public class VansTests\n{\n    [Fact]\n    public async Task UnknownVanIsNotFound()\n    {\n        var answer = await client.GetAsync("/vans/none");\n        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);\n    }\n}\n',
      ),
    )
    .merge('users/jonas/not-found', 'sam', 14 * day, 'Merged PR 412: Answer 404 for a van nobody knows');

  history
    .on('users/priya/paging')
    .commit('priya', 64, 'List vans in pages', (tree) =>
      tree
        .replace(
          'src/Fleet.Api/Controllers/VansController.cs',
          '    public async Task<IReadOnlyList<Van>> List()\n    {\n        return await store.All();\n    }',
          '    public async Task<IReadOnlyList<Van>> List(int page = 0, int size = 1000)\n    {\n        var all = await store.All();\n        return all.Skip(page * size).Take(size).ToList();\n    }',
        )
        .write('docs/paging.md', '# Paging\n\nAsk for `?page=0&size=50`.\n'),
    )
    .commit('priya', 29, 'Let the database do the paging', (tree) =>
      tree
        .replace(
          'src/Fleet.Api/Controllers/VansController.cs',
          '        var all = await store.All();\n        return all.Skip(page * size).Take(size).ToList();',
          '        var limited = Math.Clamp(size, 1, 200);\n        return await store.Page(page, limited);',
        )
        .replace('src/Fleet.Api/Controllers/VansController.cs', 'int size = 1000', 'int size = 50'),
    );

  history
    .on('users/mira/service-dates')
    .commit('mira', 16, 'Tell when a van is due for service', (tree) =>
      tree.write(
        'src/Fleet.Api/ServicePlan.cs',
        'namespace Fleet.Api;\n\npublic static class ServicePlan\n{\n    public static DateOnly Next(DateOnly last, int kilometres)\n    {\n        var months = kilometres > 40_000 ? 6 : 12;\n        return last.AddMonths(months);\n    }\n}\n',
      ),
    );

  history
    .on('users/sam/escape')
    .commit('sam', 96, 'Encode driver names on the board', (tree) =>
      tree.write(
        'src/Fleet.Api/Board.cs',
        'using System.Net;\n\nnamespace Fleet.Api;\n\npublic static class Board\n{\n    public static string Row(string driver) => $"<li>{WebUtility.HtmlEncode(driver)}</li>";\n}\n',
      ),
    );

  history
    .on('users/tomas/grpc')
    .commit('tomas', 55 * day, 'Offer vans over gRPC', (tree) =>
      tree.write(
        'src/Fleet.Api/Protos/vans.proto',
        'syntax = "proto3";\n\nservice Vans {\n  rpc Get (VanRequest) returns (Van);\n}\n',
      ),
    );

  history
    .on('main')
    .commit('aiko', 48, 'Say who is on call', (tree) =>
      tree.write('docs/on-call.md', '# On call\n\nOne week each, from Wednesday to Wednesday.\n'),
    );
}
