//! The words of `random_pet`: short, common, and nothing that anybody minds in a name.

/// How something is done.
#[rustfmt::skip]
pub(crate) const ADVERBS: &[&str] = &[
    "ably", "amply", "aptly", "avidly", "barely", "basely", "blandly", "blithely", "boldly", "bravely",
    "briefly", "brightly", "briskly", "calmly", "candidly", "carefully", "cheaply", "chiefly", "civilly",
    "cleanly", "clearly", "cleverly", "closely", "coarsely", "coldly", "coolly", "cosily", "crisply", "daily",
    "dearly", "deeply", "deftly", "densely", "dimly", "directly", "duly", "eagerly", "early", "easily",
    "endlessly", "evenly", "exactly", "faintly", "fairly", "faithfully", "firmly", "fitly", "fluently",
    "fondly", "formally", "frankly", "freely", "freshly", "friendly", "fully", "gaily", "gently", "gladly",
    "gracefully", "gradually", "grandly", "greatly", "happily", "hardly", "heartily", "highly", "honestly",
    "hugely", "humbly", "ideally", "jointly", "jollily", "justly", "keenly", "kindly", "largely", "lately",
    "lightly", "loosely", "loudly", "lovingly", "loyally", "luckily", "mainly", "meekly", "merrily", "mildly",
    "mostly", "musically", "namely", "nearly", "neatly", "newly", "nicely", "nimbly", "nobly", "notably",
    "oddly", "openly", "partly", "patiently", "plainly", "politely", "proudly", "purely", "quickly",
    "quietly", "rapidly", "rarely", "readily", "really", "richly", "rightly", "ripely", "roundly", "safely",
    "sanely", "sharply", "shyly", "silently", "simply", "slowly", "smartly", "smoothly", "softly", "solely",
    "soundly", "stably", "steadily", "sternly", "strongly", "subtly", "sweetly", "swiftly", "tamely",
    "tenderly", "tersely", "thickly", "thinly", "tidily", "tightly", "truly", "vastly", "verily", "vividly",
    "warmly", "wholly", "widely", "wildly", "wisely", "wittily",
];

/// How something is.
#[rustfmt::skip]
pub(crate) const ADJECTIVES: &[&str] = &[
    "able", "agile", "amber", "ample", "amused", "ancient", "apt", "arctic", "ardent", "aware", "balmy",
    "bold", "brave", "bright", "brisk", "calm", "candid", "careful", "casual", "cheerful", "chosen", "civil",
    "clean", "clear", "clever", "close", "coastal", "cool", "cosy", "crisp", "curious", "dapper", "daring",
    "deep", "deft", "dense", "dry", "dusty", "eager", "early", "earnest", "easy", "elegant", "even", "exact",
    "fair", "famous", "fancy", "fast", "fearless", "fine", "firm", "fitting", "fluent", "fond", "frank",
    "free", "fresh", "friendly", "full", "gentle", "giant", "glad", "golden", "graceful", "grand", "grateful",
    "great", "green", "handy", "happy", "hardy", "hearty", "helpful", "honest", "humble", "ideal", "indigo",
    "jolly", "joyful", "keen", "kind", "large", "lasting", "light", "lively", "loyal", "lucky", "lunar",
    "mellow", "merry", "mighty", "mild", "modern", "modest", "native", "neat", "new", "nimble", "noble",
    "novel", "open", "patient", "placid", "plain", "polite", "prime", "proud", "pure", "quick", "quiet",
    "rapid", "rare", "ready", "regal", "rested", "rich", "right", "robust", "rosy", "round", "rustic", "safe",
    "sandy", "shining", "silent", "silver", "simple", "sincere", "sleek", "smart", "smooth", "snowy",
    "social", "soft", "solar", "solid", "sound", "spare", "spry", "stable", "steady", "still", "stout",
    "strong", "sturdy", "sunny", "supple", "sure", "sweet", "swift", "tame", "tender", "thorough", "tidy",
    "tough", "tranquil", "trim", "true", "trusty", "upbeat", "useful", "valid", "vast", "verdant", "vital",
    "vivid", "warm", "wise", "witty", "worthy", "young", "zesty",
];

/// Animals.
#[rustfmt::skip]
pub(crate) const NAMES: &[&str] = &[
    "adder", "albatross", "alpaca", "ant", "antelope", "asp", "auk", "badger", "barracuda", "bass", "bat",
    "bear", "beaver", "bee", "beetle", "bison", "bittern", "boar", "bonobo", "buffalo", "bunting", "buzzard",
    "camel", "canary", "caribou", "carp", "cat", "catfish", "chamois", "cheetah", "chough", "cicada", "civet",
    "clam", "cobra", "cod", "condor", "coot", "coral", "cougar", "cow", "coyote", "crab", "crane", "cricket",
    "crow", "cuckoo", "curlew", "deer", "dingo", "dog", "dolphin", "donkey", "dormouse", "dove", "dragonfly",
    "duck", "dunlin", "eagle", "eel", "egret", "eider", "eland", "elk", "emu", "ermine", "falcon", "fawn",
    "ferret", "finch", "firefly", "flamingo", "flea", "fox", "frog", "gannet", "gazelle", "gecko", "gerbil",
    "gibbon", "giraffe", "gnu", "goat", "goose", "gopher", "gorilla", "grouse", "gull", "guppy", "haddock",
    "hamster", "hare", "hawk", "hedgehog", "heron", "herring", "hippo", "hornet", "horse", "hound", "hyena",
    "ibex", "ibis", "iguana", "impala", "jackal", "jackdaw", "jaguar", "jay", "kestrel", "kite", "kiwi",
    "koala", "kudu", "ladybird", "lamb", "lark", "lemming", "lemur", "leopard", "limpet", "linnet", "lion",
    "lizard", "llama", "lobster", "loon", "lynx", "macaw", "magpie", "mallard", "manatee", "marlin", "marmot",
    "marten", "martin", "mink", "minnow", "mole", "mongoose", "monkey", "moose", "moth", "mouse", "mule",
    "mussel", "narwhal", "newt", "ocelot", "octopus", "okapi", "opossum", "orca", "oriole", "osprey",
    "ostrich", "otter", "owl", "ox", "oyster", "panda", "panther", "parrot", "partridge", "peacock",
    "pelican", "penguin", "perch", "pheasant", "pigeon", "pike", "plover", "polecat", "pony", "porpoise",
    "puffin", "puma", "quail", "rabbit", "raccoon", "ram", "raven", "redwing", "reindeer", "rhino", "robin",
    "rook", "salmon", "sardine", "seal", "shark", "sheep", "shrew", "shrimp", "skate", "skunk", "skylark",
    "sloth", "snail", "snipe", "sparrow", "spider", "squid", "squirrel", "starling", "stingray", "stoat",
    "stork", "swallow", "swan", "swift", "tapir", "tern", "thrush", "tiger", "toad", "tortoise", "toucan",
    "trout", "tuna", "turbot", "turtle", "viper", "vole", "wallaby", "walrus", "warbler", "wasp", "weasel",
    "whale", "wolf", "wombat", "woodcock", "wren", "yak", "zebra",
];
