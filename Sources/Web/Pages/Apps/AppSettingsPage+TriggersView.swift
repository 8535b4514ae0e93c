extension AppSettingsPage {
    static let triggersMarkup = """
        {{#triggers}}
        {{#isHolding}}
        <section class="card">
        <h2>Needs attention: {{heldCount}} deals entered at once</h2>
        <p>More than 25 deals came into your trigger stages within ten minutes. The first 25 get their quotes; these \
        wait for you.</p>
        <form method="post" action="/apps/pipedrive/flood" class="actions">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button name="answer" value="draft">Draft {{heldCount}} quotes</button>
        <button class="quiet" name="answer" value="drop">No quotes for these</button>
        </form>
        </section>
        {{/isHolding}}
        {{#hasWaiting}}
        <section class="card">
        <h2>Needs attention: deals without a clear contact</h2>
        <p>Give the deal a person or an organization in Pipedrive, or choose the contact under Needs attention in Logs. \
        The quote then follows by itself.</p>
        <ul class="plain">
        {{#waiting}}<li><strong>{{deal}}</strong> {{reason}}</li>{{/waiting}}
        </ul>
        </section>
        {{/hasWaiting}}
        <section class="card">
        <header class="row"><h2>Quotes from stages</h2>
        <form method="post" action="/apps/pipedrive/stages">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet"{{^isLive}} disabled{{/isLive}}>Read stages again</button>
        </form>
        </header>
        <p>When a deal enters one of the stages below, PayDock drafts a quote for it. Nothing is sent without you.</p>
        \(DraftingBox.makerMarkup)
        {{^hasPipelines}}
        <p class="empty">Pipelines appear here once Pipedrive is connected and has been read. That takes about a \
        minute after Install.</p>
        {{/hasPipelines}}
        </section>
        {{#forms}}
        <section class="card">
        <header class="row"><h2>{{title}}</h2><span class="tag {{tone}}">{{tag}}</span></header>
        <form method="post" action="/apps/pipedrive/trigger">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="trigger" value="{{id}}">
        {{#pipelines}}
        <fieldset>
        <legend>{{name}}</legend>
        {{#stages}}
        <label class="choice"><input type="checkbox" name="stage" value="{{value}}"{{#isChosen}} checked{{/isChosen}}> \
        <span>{{label}}</span></label>
        {{/stages}}
        </fieldset>
        {{/pipelines}}
        <div class="columns">
        <label>Language <select name="language">
        {{#languages}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/languages}}
        </select></label>
        <label>Valid for so many days <input type="number" name="validity_days" value="{{validityDays}}" min="1" \
        max="365" required></label>
        </div>
        <fieldset>
        <legend>What the deal asks for and no product fits</legend>
        {{#needs}}
        <label class="choice"><input type="radio" name="needs" value="{{value}}"{{#isChosen}} checked{{/isChosen}}> \
        <span>{{label}}</span></label>
        {{/needs}}
        </fieldset>
        <label>Instructions for the drafting model <textarea name="instructions" rows="3" \
        maxlength="2000">{{instructions}}</textarea></label>
        <p class="small">A trigger covers stages of one pipeline; a stage belongs to one trigger. It counts for deals \
        that enter from now on.</p>
        <button>Save{{^isOn}} and turn on{{/isOn}}</button>
        {{^isNew}}
        {{#isOn}}<button class="quiet" name="off" value="1">Turn off</button>{{/isOn}}
        <button class="danger quiet" name="remove" value="1">Remove</button>
        {{/isNew}}
        </form>
        </section>
        {{/forms}}
        \(DraftingBox.trialMarkup)
        <section class="card">
        <h2>Quotes from deals</h2>
        {{#hasDrafts}}
        <table class="list">
        <thead><tr><th>Deal</th><th>Entered</th><th>Result</th><th>Quote</th></tr></thead>
        <tbody>
        {{#drafts}}
        <tr><td>{{deal}}</td><td>{{requestedAt}}</td><td><span class="tag {{tone}}">{{state}}</span> {{reason}}</td>
        <td>{{#quotePath}}<a href="{{quotePath}}">{{quoteLabel}}</a>{{/quotePath}}</td></tr>
        {{/drafts}}
        </tbody>
        </table>
        {{/hasDrafts}}
        {{^hasDrafts}}
        <p class="empty">None yet. Move a deal into one of the stages above, and its quote shows up here.</p>
        {{/hasDrafts}}
        </section>
        {{/triggers}}

        """
}
