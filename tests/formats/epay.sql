-- phpMyAdmin SQL Dump
SET time_zone = "+00:00";

CREATE TABLE `pay_order` (
  `trade_no` varchar(255) DEFAULT NULL,
  `out_trade_no` varchar(255) DEFAULT NULL,
  `api_trade_no` varchar(255) DEFAULT NULL,
  `uid` varchar(255) DEFAULT NULL,
  `tid` varchar(255) DEFAULT NULL,
  `type` varchar(255) DEFAULT NULL,
  `channel` varchar(255) DEFAULT NULL,
  `name` varchar(255) DEFAULT NULL,
  `money` varchar(255) DEFAULT NULL,
  `realmoney` varchar(255) DEFAULT NULL,
  `getmoney` varchar(255) DEFAULT NULL,
  `refundmoney` varchar(255) DEFAULT NULL,
  `notify_url` varchar(255) DEFAULT NULL,
  `return_url` varchar(255) DEFAULT NULL,
  `param` varchar(255) DEFAULT NULL,
  `addtime` datetime DEFAULT NULL,
  `endtime` datetime DEFAULT NULL,
  `date` varchar(255) DEFAULT NULL,
  `domain` varchar(255) DEFAULT NULL,
  `ip` varchar(255) DEFAULT NULL,
  `buyer` varchar(255) DEFAULT NULL,
  `status` varchar(255) DEFAULT NULL,
  `notify` varchar(255) DEFAULT NULL,
  `notifytime` datetime DEFAULT NULL,
  PRIMARY KEY (`trade_no`)
) ENGINE=InnoDB;

INSERT INTO `pay_order` (`trade_no`, `out_trade_no`, `api_trade_no`, `uid`, `tid`, `type`, `channel`, `name`, `money`, `realmoney`, `getmoney`, `refundmoney`, `notify_url`, `return_url`, `param`, `addtime`, `endtime`, `date`, `domain`, `ip`, `buyer`, `status`, `notify`, `notifytime`) VALUES
('2024010201040511111','S20240101','202401022200141',1001,0,1,3,'充值 (a),(b); \'x\' 1','10.00','10.00','9.70',NULL,'https://shop.example.cn/notify?a=1&b=(2)','https://shop.example.cn/r',NULL,'2024-01-02 01:04:05','2024-01-02 01:05:00','2024-01-02','shop.example.cn','203.0.113.1','20881',1,0,NULL),
('2024010202040521112','S20240102','202401022200142',1001,0,1,3,'充值 (a),(b); \'x\' 2','20.00','20.00','9.70',NULL,'https://shop.example.cn/notify?a=1&b=(2)','https://shop.example.cn/r',NULL,'2024-01-02 02:04:05','2024-01-02 02:05:00','2024-01-02','shop.example.cn','203.0.113.2','20882',1,3,NULL),
('2024010203040531113','S20240103','202401022200143',1001,0,1,3,'充值 (a),(b); \'x\' 3','30.00','30.00','9.70',NULL,'https://shop.example.cn/notify?a=1&b=(2)','https://shop.example.cn/r',NULL,'2024-01-02 03:04:05','2024-01-02 03:05:00','2024-01-02','shop.example.cn','203.0.113.3','20883',1,-1,NULL),
('2024010204040541114','S20240104',NULL,1001,0,1,3,'充值 (a),(b); \'x\' 4','40.00','40.00','9.70',NULL,'https://shop.example.cn/notify?a=1&b=(2)','https://shop.example.cn/r',NULL,'2024-01-02 04:04:05',NULL,'2024-01-02','shop.example.cn','203.0.113.4',NULL,0,0,NULL),
('2024010205040551115','S20240105','202401022200145',1001,0,1,3,'充值 (a),(b); \'x\' 5','50.00','50.00','9.70','50.00','https://shop.example.cn/notify?a=1&b=(2)','https://shop.example.cn/r',NULL,'2024-01-02 05:04:05','2024-01-02 05:05:00','2024-01-02','shop.example.cn','203.0.113.5','20885',2,0,NULL),
('2024010206040561116','S20240106','202401022200146',1001,0,1,3,'充值 (a),(b); \'x\' 6','60.00','60.00','9.70',NULL,'https://shop.example.cn/notify?a=1&b=(2)','https://shop.example.cn/r',NULL,'2024-01-02 06:04:05','2024-01-02 06:05:00','2024-01-02','shop.example.cn','203.0.113.6','20886',3,0,NULL),
('2024010207040571117','S20240107','202401022200147',1001,0,1,3,'充值 (a),(b); \'x\' 7','70.00','70.00','9.70',NULL,'https://shop.example.cn/notify?a=1&b=(2)','https://shop.example.cn/r',NULL,'2024-01-02 07:04:05','2024-01-02 07:05:00','2024-01-02','shop.example.cn','203.0.113.7','20887',4,0,NULL);
