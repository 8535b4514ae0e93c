struct PageDesk {
    let sandbox: Sandbox
    func answer(_ r: Request) async throws -> Reply { .html("x") }
}
