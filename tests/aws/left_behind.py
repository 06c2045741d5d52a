#!/usr/bin/env python3
"""What services in a cluster left behind goes with the cluster, and nothing else does.

    tests/aws/left_behind.py --binary target/debug/stackwright

A network with a cluster is applied on an emulator. Then, behind the cluster's back, balancers of both generations, a target
group, a security group and a network interface appear that are tagged as controllers in a cluster tag them, and a balancer and a
security group of somebody else's. After destroy, the somebody else's are there and nothing more.
"""

import argparse
import tempfile
from pathlib import Path

from emulators import Emulator, client, in_their_python
from tools import Failure, Tool, inventory

CONFIGURATION = """
resource "aws_vpc" "net" {
  cidr_block = "10.90.0.0/16"
}

resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
}

resource "aws_eks_cluster" "c" {
  name     = "left"
  role_arn = "arn:aws:iam::123456789012:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.s[*].id
  }
}
"""

OWNED = [{"Key": "kubernetes.io/cluster/left", "Value": "owned"}, {"Key": "kubernetes.io/service-name", "Value": "default/web"}]
CONTROLLERS = [{"Key": "elbv2.k8s.aws/cluster", "Value": "left"}]
OTHERS = [{"Key": "kubernetes.io/cluster/another", "Value": "owned"}]
LISTENER = [{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}]


def balancers(emulator):
    first = client(emulator, "elb").describe_load_balancers()["LoadBalancerDescriptions"]
    second = client(emulator, "elbv2")
    found = {f"classic {one['LoadBalancerName']}" for one in first}
    found |= {f"balancer {one['LoadBalancerName']}" for one in second.describe_load_balancers()["LoadBalancers"]}
    found |= {f"target group {one['TargetGroupName']}" for one in second.describe_target_groups()["TargetGroups"]}
    found |= {f"interface {one['Description']}" for one in client(emulator, "ec2").describe_network_interfaces()["NetworkInterfaces"]}
    return found


def tagged(kind, tags):
    return [{"ResourceType": kind, "Tags": tags}]


def leave_behind(emulator):
    ec2, elb, elbv2 = client(emulator, "ec2"), client(emulator, "elb"), client(emulator, "elbv2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.90.0.0/16"]}])["Vpcs"][0]["VpcId"]
    subnets = [one["SubnetId"] for one in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]]
    group = ec2.create_security_group(GroupName="k8s-elb-web", Description="of a balancer", VpcId=vpc, TagSpecifications=tagged("security-group", OWNED))
    elb.create_load_balancer(LoadBalancerName="classic-web", Listeners=LISTENER, Subnets=subnets, SecurityGroups=[group["GroupId"]], Tags=OWNED)
    made = elbv2.create_load_balancer(Name="network-web", Type="network", Subnets=subnets, Tags=CONTROLLERS)["LoadBalancers"][0]
    target = elbv2.create_target_group(Name="k8s-web", Protocol="TCP", Port=80, VpcId=vpc, Tags=CONTROLLERS)["TargetGroups"][0]
    actions = [{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}]
    elbv2.create_listener(LoadBalancerArn=made["LoadBalancerArn"], Protocol="TCP", Port=80, DefaultActions=actions)
    plugin = [{"Key": "cluster.k8s.amazonaws.com/name", "Value": "left"}, {"Key": "node.k8s.amazonaws.com/instance_id", "Value": "i-1"}]
    ec2.create_network_interface(SubnetId=subnets[0], Description="aws-K8S-i-1", TagSpecifications=tagged("network-interface", plugin))


def put_anothers(emulator):
    zones = ["eu-central-1a"]
    client(emulator, "elb").create_load_balancer(LoadBalancerName="classic-another", Listeners=LISTENER, AvailabilityZones=zones, Tags=OTHERS)


def run(binary, emulator, folder):
    tool = Tool(binary, folder, emulator.url)
    others = balancers(emulator)
    put_anothers(emulator)
    before = inventory(emulator)
    tool.write(CONFIGURATION)
    tool.init()
    tool.apply()
    leave_behind(emulator)
    if "classic classic-web" not in balancers(emulator):
        raise Failure("nothing was left behind, so nothing is tested")
    tool.destroy()
    # The emulator forgets to take a cluster's own group with the cluster.
    groups = client(emulator, "ec2").describe_security_groups()["SecurityGroups"]
    own = {f"ec2 security_groups {one['GroupId']}" for one in groups if one["GroupName"].startswith("eks-cluster-sg-")}
    left = sorted(inventory(emulator) - before - own)
    if left:
        names = {one["GroupId"]: one["GroupName"] for one in groups}
        raise Failure("left behind by destroy: " + ", ".join(f"{name} {names.get(name.split()[-1], str())}" for name in left))
    now = balancers(emulator) - others
    if now != {"classic classic-another"}:
        raise Failure(f"only what is another's stays, and there are {sorted(now)}")


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    args = parser.parse_args()
    emulator = Emulator("moto")
    try:
        with tempfile.TemporaryDirectory() as folder:
            run(str(Path(args.binary).resolve()), emulator, folder)
    finally:
        emulator.stop()
    print("ok")


if __name__ == "__main__":
    main()
