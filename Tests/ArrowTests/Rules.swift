/// The rules of the house, each as what breaks it, in words.
struct Rules {
    let house: House

    /// Imports that the manifest does not list or the table does not allow, and shims that leak upward.
    func wrongImports(_ file: SourceText, manifest: Manifest) -> [String] {
        let module = file.module
        guard let room = house.rooms[module] else { return ["\(file.path): the table has no room \(module)"] }
        let allowed = room.ours.union(room.outside)
        let listed = manifest.listed(by: module)
        return file.imports.flatMap { found -> [String] in
            var wrong: [String] = []
            if found.isPublic, House.shims.contains(found.module) {
                wrong.append("\(file.path): public import of the shim \(found.module)")
            }
            guard !house.toolchain(for: module).contains(found.module) else { return wrong }
            if !allowed.contains(found.module) {
                wrong.append("\(file.path): \(module) may not import \(found.module)")
            }
            if !listed.contains(found.module) {
                wrong.append("\(file.path): the manifest does not list \(found.module) for \(module)")
            }
            return wrong
        }
    }

    /// Targets that the table does not know, and dependencies that it does not allow.
    func wrongTargets(_ manifest: Manifest) -> [String] {
        manifest.targets.flatMap { target -> [String] in
            var wrong = House.vagueNames.contains(target.name) ? ["the target \(target.name) names no job"] : []
            guard target.type != "test", !(target.path ?? "").hasPrefix("Tests/") else { return wrong }
            guard let room = house.rooms[target.name] else { return wrong + ["the table has no room \(target.name)"] }
            for name in manifest.listed(by: target.name).subtracting(room.ours.union(room.outside)) {
                wrong.append("\(target.name) may not depend on \(name)")
            }
            return wrong
        }
    }

    /// Names that say nothing, and files that are too long.
    func wrongShape(_ file: SourceText) -> [String] {
        var wrong: [String] = []
        for folder in file.path.split(separator: "/").dropLast() where House.vagueNames.contains(String(folder)) {
            wrong.append("\(file.path): the folder \(folder) names no job")
        }
        for type in file.types {
            if type == file.module { wrong.append("\(file.path): the type \(type) has its module's name") }
            if House.vagueEndings.contains(where: type.hasSuffix) {
                wrong.append("\(file.path): the type \(type) names no job")
            }
        }
        if file.lineCount > House.lineLimit { wrong.append("\(file.path): \(file.lineCount) lines") }
        return wrong
    }
}
