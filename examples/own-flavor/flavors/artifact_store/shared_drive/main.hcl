# The module: variables are the arguments of a component of this flavor.
variable "drive" {
  description = "Where the shared drive is mounted."
  type        = string
}

variable "sections" {
  description = "A directory is made for each."
  type        = set(string)
  default     = []
}

# These two are filled by the stack, because they are declared: what the component is called, and what its block says
# about the data when it is destroyed.
variable "context" {
  type = object({ name = string })
}

variable "on_destroy" {
  type    = string
  default = "fail_if_not_empty"
}

resource "stackwright_directory" "store" {
  path       = "${var.drive}/${var.context.name}"
  on_destroy = var.on_destroy
}

resource "stackwright_directory" "section" {
  for_each = var.sections

  path       = "${stackwright_directory.store.path}/${each.key}"
  on_destroy = var.on_destroy
}

output "path" {
  value = stackwright_directory.store.absolute_path
}

output "sections" {
  value = { for name, directory in stackwright_directory.section : name => directory.absolute_path }
}
