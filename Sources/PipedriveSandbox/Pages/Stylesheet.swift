/// The one style sheet of all pages.
enum Stylesheet {
    private static let dark = """
        color-scheme: dark; --ink: #e7e9ef; --faint: #9da2b2; --line: #343a49; --paper: #232834; --ground: #171b24; \
        --trough: #1d222d; --edge: #4a5164; --link: #8db8ff; --accent: #1f8f52; --accent-dark: #27a862; --note: #33301f; \
        --note-edge: #57502c; --chip: #3a4152; --chip-ink: #d6d9e3; \
        --won: #6fd79b; --lost: #ff9a9a;
        """

    static let text = """
        :root { color-scheme: light; --ink: #21232c; --faint: #646876; --line: #dfe1e8; --paper: #fff; --ground: #f4f5f8;
          --trough: #e9ebf1; --edge: #c4c8d4; --link: #2457a6; --accent: #14733f; --accent-dark: #0e5a30; --note: #fffbea;
          --note-edge: #efe3b4; --chip: #e6e8ee; --chip-ink: #3a3d49; --won: #0c7a3d; --lost: #b02a2a; --radius: 8px; }
        @media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { \(dark) } }
        :root[data-theme=dark] { \(dark) }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", sans-serif; }
        a { color: var(--link); text-decoration: none; }
        a:hover { text-decoration: underline; }
        h1 { font-size: 1.35rem; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1rem; margin: 0 0 .6rem; }
        h3 { font-size: .95rem; margin: .4rem 0; }
        small { color: var(--faint); font-size: .82rem; font-weight: 400; }
        .faint { color: var(--faint); }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .top { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.5rem; padding: .6rem 1.25rem;
          background: #1e2330; color: #fff; }
        .brand { display: flex; align-items: center; gap: .5rem; font-weight: 600; color: inherit; }
        .brand small { color: #b3b9c9; }
        .mark { display: inline-grid; place-items: center; width: 1.7rem; height: 1.7rem; border-radius: 6px;
          background: var(--accent); color: #fff; font-weight: 700; }
        .top nav { display: flex; flex-wrap: wrap; gap: .15rem; flex: 1; }
        .top nav a { color: #d8dce8; padding: .3rem .65rem; border-radius: 6px; }
        .top nav a[aria-current] { background: #37405a; color: #fff; }
        .viewer { display: flex; gap: .4rem; align-items: center; font-size: .88rem; }
        .scripted [data-spare] { display: none; }
        main { padding: 1.1rem 1.25rem 2rem; min-width: 0; max-width: 100vw; }
        .head { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.1rem; margin-bottom: 1rem; }
        .head p { margin: 0; }
        .head .sum { color: var(--faint); margin-left: auto; }
        .value { font-size: 1.15rem; }
        .tabs { display: flex; flex-wrap: wrap; gap: .3rem; }
        .tabs a { padding: .25rem .7rem; border: 1px solid var(--line); border-radius: 99px; background: var(--paper); }
        .tabs a[aria-current] { background: var(--accent); border-color: var(--accent); color: #fff; }
        .board { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(225px, 1fr); gap: .7rem; overflow-x: auto;
          padding-bottom: .6rem; align-items: stretch; max-width: 100%; min-width: 0; overscroll-behavior-x: contain; }
        .column { background: var(--trough); border-radius: var(--radius); padding: .7rem .55rem; min-height: 60vh; }
        .column h2 { padding: 0 .25rem; }
        .column h2 small { display: block; }
        .column.target { outline: 2px dashed var(--accent); outline-offset: -2px; }
        .deal-card { position: relative; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .7rem;
          margin-bottom: .5rem; box-shadow: 0 1px 1px rgb(20 25 40 / 6%); }
        .scripted .deal-card { cursor: grab; }
        .deal-card.dragged { opacity: .45; }
        .deal-card a { color: var(--ink); font-weight: 600; display: block; overflow-wrap: anywhere; }
        .deal-card p { margin: .15rem 0 .3rem; color: var(--faint); font-size: .86rem; }
        .deal-card b { font-weight: 500; font-size: .9rem; }
        .stage { display: flex; gap: .35rem; margin-top: .45rem; }
        .stage .step { padding: 0 .5rem; flex: none; line-height: 1.3; }
        .stage .step:disabled { visibility: hidden; }
        .status { display: flex; gap: .35rem; }
        button.quiet.won { color: var(--won); }
        button.quiet.lost { color: var(--lost); }
        .theme { background: none; border: 0; color: #d8dce8; padding: .1rem .4rem; font-size: 1.1rem; }
        .theme:hover { background: #37405a; }
        .reload { float: right; font-size: 1.1rem; line-height: 1; color: var(--faint); }
        [aria-busy=true] { opacity: .5; }
        .edit { margin-top: .7rem; }
        .edit input { width: 100%; }
        .edit .settings label { flex: 1 0 100%; }
        .head .stage { margin: 0; }
        .stage label { flex: 1; min-width: 0; }
        select, input, textarea, button, .button { font: inherit; border-radius: 6px; border: 1px solid var(--edge);
          padding: .28rem .5rem; background: var(--paper); color: var(--ink); max-width: 100%; }
        .stage select { width: 100%; font-size: .84rem; padding: .15rem .3rem; color: var(--faint); }
        .head .stage select { font-size: .92rem; padding: .28rem .5rem; color: var(--ink); }
        button, .button { background: var(--accent); border-color: var(--accent-dark); color: #fff; cursor: pointer;
          font-weight: 500; padding: .32rem .85rem; display: inline-block; }
        button:hover, .button:hover { background: var(--accent-dark); text-decoration: none; }
        button.quiet, .button.quiet { background: var(--paper); color: var(--ink); border-color: var(--edge); }
        button.quiet:hover, .button.quiet:hover { background: var(--ground); }
        :focus-visible { outline: 2px solid #2f6fd6; outline-offset: 1px; }
        .card { background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius);
          padding: .9rem 1rem; margin-bottom: 1rem; }
        .detail { display: grid; grid-template-columns: minmax(280px, 350px) minmax(0, 1fr); gap: 1rem; align-items: start; }
        .fields { display: grid; grid-template-columns: minmax(90px, 38%) minmax(0, 1fr); gap: .3rem .8rem; margin: 0; }
        .fields dt { color: var(--faint); font-size: .88rem; }
        .fields dd { margin: 0; overflow-wrap: anywhere; }
        .panel article { border-top: 1px solid var(--line); padding: .5rem 0; }
        .panel article:first-of-type { border-top: 0; padding-top: 0; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .42rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
        thead th { color: var(--faint); font-weight: 500; font-size: .86rem; white-space: nowrap; }
        tfoot td, tfoot th { border-bottom: 0; }
        td small { display: block; }
        .answers small { display: inline; margin-right: .6rem; }
        td small:empty { display: none; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .path { overflow-wrap: anywhere; min-width: 14rem; }
        .clock { white-space: nowrap; font-variant-numeric: tabular-nums; }
        .chip { display: inline-block; border-radius: 99px; padding: .05rem .6rem; font-size: .84rem; background: var(--chip);
          color: var(--chip-ink); }
        .chip.won, .chip.green { background: #d9f1e2; color: #0c5a30; }
        .chip.lost, .chip.red { background: #fbdfdf; color: #8d1d1d; }
        .chip.open, .chip.blue { background: #dfeafb; color: #1d4785; }
        .chip.yellow { background: #fbf0c9; color: #6d5200; }
        .chip.purple { background: #ece2fa; color: #55308c; }
        .note-form { display: flex; gap: .6rem; align-items: flex-start; margin-bottom: .9rem; }
        .note-form textarea { flex: 1; }
        .note { border: 1px solid var(--note-edge); background: var(--note); border-radius: 6px; padding: .6rem .8rem; margin-bottom: .6rem;
          overflow-wrap: anywhere; }
        .note p { margin: .25rem 0; }
        .note .by { color: var(--faint); font-size: .86rem; margin: 0; }
        .settings { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin-top: .7rem; }
        .settings label { display: grid; grid-template-columns: minmax(0, 1fr); gap: .15rem; font-size: .88rem; color: var(--faint); max-width: 100%; }
        details { border-top: 1px solid var(--line); padding: .4rem 0; }
        summary { cursor: pointer; overflow-wrap: anywhere; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--ground); padding: .6rem; margin: .2rem 0; }
        .plain { margin: 0; padding: 0; list-style: none; }
        .pager { display: flex; gap: 1rem; justify-content: center; }
        .search { display: flex; gap: .4rem; }
        .consent main { max-width: 33rem; margin: 4vh auto; }
        .consent .card { padding: 1.6rem 1.8rem; }
        .consent h1 { margin-bottom: 1rem; }
        .consent .brand { margin: 0 0 1rem; }
        .buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: .6rem; }
        td form { display: inline-block; margin-left: .4rem; }
        .buttons button { padding: .45rem 1.4rem; }
        @media (max-width: 760px) {
          main, .top { padding-left: .8rem; padding-right: .8rem; }
          .detail { grid-template-columns: minmax(0, 1fr); }
          .top nav { flex: 1 0 100%; flex-direction: row; order: 1; }
          .viewer { order: 2; }
          .head .sum { margin-left: 0; width: 100%; }
          .board { grid-auto-columns: 82%; scroll-snap-type: x proximity; }
          .column { scroll-snap-align: start; min-height: 0; }
          .stage .step { padding: .3rem .9rem; }
          td form { margin-top: .3rem; }
          .brand { flex: 1; }
          .path { min-width: 9.5rem; }
          th, td { padding-left: .35rem; padding-right: .35rem; }
          .note-form { flex-direction: column; align-items: stretch; }
        }

        """
}
