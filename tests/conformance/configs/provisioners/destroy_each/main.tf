resource "terraform_data" "a" {
  for_each = { x = 1, y = 2 }
  provisioner "local-exec" {
    when = destroy
    command = "echo bye ${each.key} ${self.id != ""} > bye_${each.key}.txt"
  }
}
