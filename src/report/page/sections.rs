//! The sections of the page that are tables.

use std::io::{self, Write};

use crate::batch::{Loss, Ticket};
use crate::report::run::{clock, grouped, share};

use super::Page;
use super::table::{Cell, Column, NONE, Table, number, text};

/// Accounts that are named.
const ACCOUNTS: usize = 20;
/// Codes that are named.
const CODES: usize = 50;
/// Groups of unread clauses that are named.
const CLAUSES: usize = 30;

impl<W: Write> Page<'_, '_, W> {
    /// Writes a section that is one table, or what is said where it is empty.
    fn listed(&mut self, id: &'static str, table: &Table, empty: &'static str) -> io::Result<()> {
        if table.is_empty() {
            return self.note(self.view.word(empty));
        }
        table.write(self.view, id, self.out)
    }

    pub(super) fn totals(&mut self) -> io::Result<()> {
        let view = self.view;
        let tally = view.tally;
        let mut table = Table::new(&[
            text("run.outcome"),
            number("run.count"),
            number("run.share"),
            number("run.money_column"),
            number("run.blocked_column"),
        ]);
        table.row(vec![
            Cell::text(view.word("run.healthy")),
            Cell::count(tally.healthy),
            Cell::share(share(tally.healthy, tally.rows)),
            Cell::no_number(),
            Cell::no_number(),
        ]);
        let line = |key: &'static str, loss: Loss, rows: u64| {
            vec![
                Cell::text(view.word(key)),
                Cell::count(rows),
                Cell::share(share(rows, tally.rows)),
                Cell::money(view, Some(loss.money)),
                Cell::count(loss.blocked),
            ]
        };
        let (identified, failed) = (tally.identified(), tally.failed());
        table.row(line("run.identified", identified, identified.rows));
        table.row(line(
            "run.undetermined",
            tally.undetermined,
            tally.undetermined.rows,
        ));
        table.sum(line("run.all", failed, tally.rows));
        self.section("totals")?;
        table.write(view, "totals", self.out)?;
        self.end_section()
    }

    pub(super) fn causes(&mut self) -> io::Result<()> {
        let view = self.view;
        let tally = view.tally;
        let failed = tally.failed();
        let mut table = Table::new(&[
            text("run.cause"),
            number("run.share"),
            number("run.count"),
            number("run.money_column"),
            number("run.blocked_column"),
        ]);
        let ranked = tally.ranked();
        let rows = ranked.iter().map(|(_, loss)| loss.rows);
        let most = rows.chain([tally.undetermined.rows]).max().unwrap_or(0);
        let line = |title: Cell, loss: Loss| {
            vec![
                title,
                Cell::share(share(loss.rows, failed.rows)),
                Cell::count(loss.rows),
                Cell::money(view, Some(loss.money)),
                Cell::count(loss.blocked),
            ]
        };
        let barred = |cause: Option<usize>, loss: Loss| {
            let length = share(loss.rows, most);
            Cell::with_bar(view.cause(cause), length, cause.is_none())
        };
        for (cause, loss) in ranked {
            table.row(line(barred(Some(cause), loss), loss));
        }
        let open = tally.undetermined;
        if open.rows > 0 {
            table.row(line(barred(None, open), open));
        }
        table.sum(line(Cell::text(view.word("run.failed_all")), failed));
        self.section("causes")?;
        if !table.is_empty() {
            self.note(view.word("run.causes_note"))?;
        }
        self.listed("causes", &table, "run.no_failures")?;
        self.end_section()
    }

    pub(super) fn tickets(&mut self) -> io::Result<()> {
        let view = self.view;
        let tickets = &view.tally.tickets;
        let mut table = Table::new(&TICKET_COLUMNS);
        for ticket in tickets {
            table.row(self.ticket(ticket));
        }
        self.section("tickets")?;
        if !table.is_empty() {
            let count = tickets.len().to_string();
            self.note(&view.fill("run.tickets_note", &[&count]))?;
        }
        self.listed("tickets", &table, "run.no_failures")?;
        self.end_section()
    }

    fn ticket(&self, ticket: &Ticket) -> Vec<Cell> {
        let view = self.view;
        let row = &ticket.row;
        let number = grouped(row.number);
        let place = view.fill("run.ticket_line", &[view.input(row.input), &number]);
        let account = row.account.as_deref().map(|account| view.private(account));
        let pay = if ticket.blocked {
            Cell::stop(view.word("run.blocked"))
        } else {
            Cell::text(view.word("run.allowed"))
        };
        let taken = if row.taken {
            "run.taken_yes"
        } else {
            "run.taken_unknown"
        };
        let amount = Cell::money(view, row.amount.map(i128::from));
        vec![
            Cell::code(row.case.as_deref().unwrap_or(NONE)),
            amount,
            Cell::text(view.word(taken)),
            pay,
            Cell::text(view.cause(ticket.cause)),
            Cell::text(account.as_deref().unwrap_or(NONE)),
            Cell::short(&row.time.map_or_else(|| NONE.to_owned(), clock)),
            Cell::text(&place),
        ]
    }

    pub(super) fn outages(&mut self) -> io::Result<()> {
        let view = self.view;
        let mut table = Table::new(&[
            text("run.channel"),
            text("run.from"),
            text("run.to"),
            number("run.count"),
            number("run.failed"),
            number("run.failed_share"),
            number("run.usual"),
        ]);
        for outage in view.outages {
            table.row(vec![
                Cell::text(view.channel(Some(&outage.channel))),
                Cell::short(&clock(outage.from)),
                Cell::short(&clock(outage.to)),
                Cell::count(outage.rows),
                Cell::count(outage.failed),
                Cell::share(share(outage.failed, outage.rows)),
                Cell::share(outage.usual),
            ]);
        }
        self.section("outages")?;
        if !table.is_empty() {
            self.note(view.word("run.outages_note"))?;
        }
        self.listed("outages", &table, "run.no_outages")?;
        self.end_section()
    }

    pub(super) fn accounts(&mut self) -> io::Result<()> {
        let view = self.view;
        let accounts = &view.tally.accounts;
        let mut table = Table::new(&[
            text("run.account"),
            number("run.failed"),
            number("run.money_column"),
            number("run.blocked_column"),
        ]);
        for (account, loss) in accounts.largest(ACCOUNTS) {
            table.row(vec![
                Cell::text(&view.private(account)),
                Cell::count(loss.rows),
                Cell::money(view, Some(loss.money)),
                Cell::count(loss.blocked),
            ]);
        }
        self.section("accounts")?;
        if !accounts.is_exact() {
            self.note(&view.fill("run.accounts_cut", &[&grouped(accounts.error())]))?;
        }
        self.listed("accounts", &table, "run.no_accounts")?;
        self.more(ACCOUNTS, accounts.len())?;
        self.end_section()
    }

    pub(super) fn codes(&mut self) -> io::Result<()> {
        let view = self.view;
        let codes = &view.tally.codes;
        let mut table = Table::new(&[text("run.code"), number("run.times"), text("run.nearest")]);
        for (code, count) in codes.largest(CODES) {
            let near = view.rules.codes.nearest(code);
            table.row(vec![
                Cell::code(&view.within(code)),
                Cell::count(*count),
                near.map_or_else(|| Cell::text(NONE), Cell::code),
            ]);
        }
        self.section("codes")?;
        if !table.is_empty() {
            self.note(view.word("run.codes_note"))?;
        }
        if !codes.is_exact() {
            self.note(&view.fill("run.codes_cut", &[&grouped(codes.error())]))?;
        }
        self.listed("codes", &table, "run.no_codes")?;
        self.more(CODES, codes.len())?;
        self.end_section()
    }

    pub(super) fn clauses(&mut self) -> io::Result<()> {
        let view = self.view;
        let unread = view.unread();
        let mut table = Table::new(&[text("run.clause"), number("run.times"), text("run.alike")]);
        for group in unread.groups.iter().take(CLAUSES) {
            let others = group.others.iter().map(|other| view.within(other));
            let others: Vec<_> = others.collect();
            table.row(vec![
                Cell::text(&view.within(&group.clause)),
                Cell::count(group.count as u64),
                Cell::text(&others.join(" / ")),
            ]);
        }
        self.section("clauses")?;
        if !table.is_empty() {
            self.note(view.word("run.clauses_note"))?;
        }
        if view.tally.texts.is_cut() {
            let count = view.tally.texts.texts().count() as u64;
            self.note(&view.fill("run.clauses_cut", &[&grouped(count)]))?;
        }
        self.listed("clauses", &table, "run.no_clauses")?;
        self.more(CLAUSES, unread.groups.len())?;
        self.end_section()
    }

    pub(super) fn rejected(&mut self) -> io::Result<()> {
        let view = self.view;
        let tally = view.tally;
        let mut table = Table::new(&[text("run.file"), number("run.line"), text("run.reason")]);
        for rejected in &tally.rejects {
            table.row(vec![
                Cell::text(view.input(rejected.input)),
                Cell::count(rejected.line),
                Cell::text(&view.within(&view.reject(&rejected.reason))),
            ]);
        }
        self.section("rejected")?;
        if !table.is_empty() {
            let shown = tally.rejects.len().to_string();
            let note = view.fill("run.rejected_note", &[&grouped(tally.rejected), &shown]);
            self.note(&note)?;
        }
        self.listed("rejected", &table, "run.no_rejected")?;
        self.end_section()
    }

    pub(super) fn inputs(&mut self) -> io::Result<()> {
        let view = self.view;
        let mut table = Table::new(&[
            text("run.file"),
            text("run.format"),
            number("run.count"),
            number("run.rejected_rows"),
        ]);
        for input in view.inputs {
            let title = input.title.as_deref();
            let format = match (title, input.format.as_deref()) {
                (Some(title), Some(name)) => format!("{title} ({name})"),
                (Some(one), None) | (None, Some(one)) => one.to_owned(),
                (None, None) => view.word("run.unknown_format").to_owned(),
            };
            table.row(vec![
                Cell::text(&input.name),
                Cell::text(&format),
                Cell::count(input.rows),
                Cell::count(input.rejected),
            ]);
        }
        self.section("inputs")?;
        table.write(view, "inputs", self.out)?;
        self.end_section()
    }

    /// Says how many lines of a list were left out.
    fn more(&mut self, shown: usize, all: usize) -> io::Result<()> {
        if all <= shown {
            return Ok(());
        }
        let more = grouped((all - shown) as u64);
        self.note(&self.view.fill("run.more", &[&more]))
    }
}

const TICKET_COLUMNS: [Column; 8] = [
    text("run.ticket"),
    number("run.amount"),
    text("run.taken"),
    text("run.pay_again"),
    text("run.cause"),
    text("run.account"),
    text("run.when"),
    text("run.place"),
];
