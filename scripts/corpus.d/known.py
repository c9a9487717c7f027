"""The differences that are accepted, each with the reason and the evidence that lc is right: corpus-differences.json.

An entry names one figure of one file with both values. Another value is another difference, and one that no longer
occurs is an error too: there is no way to accept a file as a whole."""
import json


class KnownDifferences:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.reasons = json.load(file)["reasons"]
        self.reason_of = {}
        for number, reason in enumerate(self.reasons):
            for line in reason["differences"]:
                self.reason_of[line] = number
        self.met = set()

    def accepts(self, line):
        if line not in self.reason_of:
            return False
        self.met.add(line)
        return True

    def unmet(self, paths):
        """Entries of files that were scored, but whose difference was not met."""
        return sorted(line for line in self.reason_of if line not in self.met and line.split(": ")[0] in paths)
