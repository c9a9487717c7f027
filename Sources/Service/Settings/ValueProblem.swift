/// Why a text is not a value of a setting, without saying where it stood.
struct ValueProblem: Error, Equatable {
    var what: String
    var remedy: String
}
