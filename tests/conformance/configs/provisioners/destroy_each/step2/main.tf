resource "terraform_data" "a" {
  for_each = { y = 2 }
  provisioner "local-exec" {
    when = destroy
    command = "echo bye2 ${each.key} > bye_${each.key}.txt"
  }
}
