# What random expressions may refer to: every type, known, unknown, null, sensitive and refined.

variable "text" { default = "héllo" }
variable "number" {
  type    = number
  default = 4.5
}
variable "flag" {
  type    = bool
  default = true
}
variable "names" {
  type    = list(string)
  default = ["b", "a", "ç", "b"]
}
variable "ports" {
  type    = set(number)
  default = [443, 80, 8080]
}
variable "tags" {
  type    = map(string)
  default = { env = "dev", team = "ml", "with space" = "x" }
}
variable "anything" {
  type    = any
  default = { a = [1, "two", null], b = { c = true } }
}
variable "object" {
  type = object({
    name  = string
    size  = optional(number, 3)
    inner = optional(object({ on = optional(bool, true), list = optional(list(string)) }), {})
  })
  default = { name = "obj" }
}
variable "nothing" {
  type    = string
  default = null
}
variable "secret" {
  type      = string
  default   = "s3cr3t"
  sensitive = true
}
variable "secret_list" {
  type      = list(number)
  default   = [1, 2, 3]
  sensitive = true
}
variable "fleeting" {
  type      = string
  default   = "gone"
  ephemeral = true
}

locals {
  big        = 12345678901234567890123
  fraction   = 0.1
  negative   = -7
  empty      = ""
  numbers    = [3, 1, 2]
  mixed      = [1, "a", true, null, [2], { k = "v" }]
  nested     = { list = [{ id = 1, name = "x" }, { id = 2, name = "y" }], map = { p = { q = 5 } } }
  sorted     = toset(["z", "y", "x"])
  none       = null
  no_list    = tolist([])
  no_map     = tomap({})
  hidden_map = { shown = 1, hidden = var.secret }
  later      = terraform_data.source.id
  later_text = "pre-${terraform_data.source.id}"
  later_any  = terraform_data.source.output
  later_map2 = terraform_data.map.output
  later_list = [terraform_data.source.id, "known"]
  later_map  = { known = 1, later = terraform_data.source.id }
}

resource "terraform_data" "source" { input = "seed" }

resource "terraform_data" "many" {
  count = 2
  input = { n = count.index }
}

resource "terraform_data" "keyed" {
  for_each = { one = 1, two = 2 }
  input    = each.value
}

# What an output will be is as unknown as its type allows: that of the input is kept.
resource "terraform_data" "number" { input = 5 }
resource "terraform_data" "flag" { input = true }
resource "terraform_data" "list" { input = ["b", "a", "b"] }
resource "terraform_data" "map" { input = { k = 1, l = 2 } }
resource "terraform_data" "objects" { input = [{ id = 1, tags = { a = "b" } }] }

module "typed" {
  source  = "./child"
  text    = terraform_data.source.output
  number  = terraform_data.number.output
  flag    = terraform_data.flag.output
  list    = terraform_data.list.output
  set     = terraform_data.list.output
  map     = terraform_data.map.output
  objects = terraform_data.objects.output
}
