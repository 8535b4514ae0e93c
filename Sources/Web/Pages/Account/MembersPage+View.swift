extension MembersPage {
    static let template = PageTemplate(
        """
        <h1>Members</h1>
        <p>Everybody here works in the books of {{companyName}}. Owners also connect and disconnect apps, and decide who \
        is a member.</p>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        {{#fresh}}
        <section class="card" role="status">
        <h2>The invitation of {{email}}</h2>
        <p><code>{{link}}</code></p>
        <p>This server sends no mail: copy the link now and send it yourself. It is shown this once and works for seven \
        days.</p>
        </section>
        {{/fresh}}
        <table class="list">
        <thead><tr><th>E-mail</th><th>Role</th><th></th></tr></thead>
        <tbody>
        {{#rows}}
        <tr>
        <td data-label="E-mail">{{email}}{{#isSelf}} <span class="small">(you)</span>{{/isSelf}}</td>
        <td data-label="Role">{{role}}</td>
        <td>
        {{#mayManage}}
        <div class="row">
        <form method="post" action="{{rolePath}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="role" value="{{otherRole}}">
        <button class="quiet">{{otherRoleLabel}}</button>
        </form>
        {{^isSelf}}
        <form method="post" action="{{removePath}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet">Remove</button>
        </form>
        {{/isSelf}}
        </div>
        {{/mayManage}}
        </td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        {{#hasInvitations}}
        <h2>Invitations</h2>
        <table class="list">
        <thead><tr><th>E-mail</th><th>Role</th><th>Status</th><th></th></tr></thead>
        <tbody>
        {{#invitations}}
        <tr>
        <td data-label="E-mail">{{email}}</td>
        <td data-label="Role">{{role}}</td>
        <td data-label="Status"><span class="tag {{tone}}">{{status}}</span> {{reason}}</td>
        <td>
        {{#mayManage}}
        <form method="post" action="{{withdrawPath}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet">Take back</button>
        </form>
        {{/mayManage}}
        </td>
        </tr>
        {{/invitations}}
        </tbody>
        </table>
        {{/hasInvitations}}
        {{#mayManage}}
        <form class="inline card" method="post" action="/settings/members">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>E-mail of a new member <input type="email" name="email" value="{{email}}" required></label>
        <label>Role <select name="role"><option value="member">Member</option><option value="owner">Owner</option></select></label>
        <button>Invite</button>
        </form>
        {{/mayManage}}
        {{^mayManage}}<p class="small">An owner can invite more people.</p>{{/mayManage}}
        """)
}
