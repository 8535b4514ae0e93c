extension PreviewBox {
    /// Shown where `preview` is there.
    static let markup = """
        {{#preview}}
        <section class="card">
        {{#problem}}
        <h2>The preview failed</h2>
        <p class="problem">{{.}}</p>
        {{/problem}}
        {{#isStale}}
        <h2>The preview is out of date</h2>
        <p>Settings were changed, or a run was made, since {{madeAt}}. Preview again to see what a sync would do now.</p>
        {{/isStale}}
        {{#isCurrent}}
        <header class="row"><h2>{{#isFirst}}Your first sync{{/isFirst}}{{^isFirst}}What a sync would do{{/isFirst}}</h2>
        <span class="small">Previewed {{madeAt}}</span></header>
        <p>Nothing has been written yet. Applying does exactly this; what changed since is left alone and listed.</p>
        <table class="list preview">
        <thead><tr><th></th><th class="number">Read</th><th class="number">Create here</th><th class="number">Link</th>\
        <th class="number">Change here</th><th class="number">Create in Pipedrive</th>\
        <th class="number">Change in Pipedrive</th><th class="number">Left alone</th>\
        <th class="number">For you to decide</th></tr></thead>
        <tbody>
        {{#kinds}}
        <tr><td>{{label}}</td><td class="number" data-label="Read">{{read}}</td>\
        <td class="number" data-label="Create here">{{create}}</td><td class="number" data-label="Link">{{link}}</td>\
        <td class="number" data-label="Change here">{{change}}</td>\
        <td class="number" data-label="Create in Pipedrive">{{createThere}}</td>\
        <td class="number" data-label="Change in Pipedrive">{{changeThere}}</td>\
        <td class="number" data-label="Left alone">{{skip}}</td>\
        <td class="number" data-label="For you to decide">{{decide}}</td></tr>
        {{/kinds}}
        </tbody>
        </table>
        {{#isEmpty}}<p>Both sides are alike: nothing would be written.</p>{{/isEmpty}}
        <p>It costs about {{cost}} of Pipedrive's API tokens.</p>
        <form method="post" action="/apps/pipedrive/apply">
        <input type="hidden" name="csrf" value="{{formToken}}"><input type="hidden" name="preview" value="{{id}}">
        <button>Apply and sync now</button>
        <button class="quiet" formaction="/apps/pipedrive/preview">Preview again</button>
        </form>
        {{#hasSamples}}
        <details open>
        <summary>For instance</summary>
        {{#samples}}
        <p class="sample"><strong>{{title}}</strong></p>
        <ul class="plain values">{{#records}}<li>{{.}}</li>{{/records}}{{#more}}<li class="small">{{.}}</li>{{/more}}</ul>
        {{/samples}}
        <p><a href="/apps/pipedrive/runs/{{id}}">Every record of this preview</a></p>
        </details>
        {{/hasSamples}}
        {{/isCurrent}}
        </section>
        {{/preview}}
        """
}

extension FieldsBox {
    /// Shown where `fields` is there.
    static let markup = """
        {{#fields}}
        <section class="card">
        <header class="row"><h2>Custom fields</h2>
        <form method="post" action="/apps/pipedrive/fields/refresh">
        <input type="hidden" name="csrf" value="{{formToken}}"><button class="quiet">Read the fields again</button></form>
        </header>
        <p>Pipedrive has no field of its own for these. Choose the custom fields that hold them: the values travel in the
        directions above, and organizations are recognised by their numbers.</p>
        {{^isRead}}<p class="empty">No custom fields are known. Make them in Pipedrive, then read the fields again.</p>{{/isRead}}
        {{#isRead}}
        <form method="post" action="/apps/pipedrive/fields">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <div class="columns level">
        {{#choices}}
        <label>{{label}} <select name="{{name}}">
        {{#options}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/options}}
        </select></label>
        {{/choices}}
        </div>
        <button>Save</button>
        </form>
        {{/isRead}}
        </section>
        {{/fields}}
        """
}
